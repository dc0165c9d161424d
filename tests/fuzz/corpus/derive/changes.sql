update users set email = lower(email); merge into users using v on users.id = v.id when matched then update set email = v.email; drop table users; select row_to_json(u) from users u
