select * from nowhere union all select id, email from users
