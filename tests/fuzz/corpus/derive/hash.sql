select u.id, md5(lower(u.email)) as m from users u where u.id > 3
