create view w as select * from users; insert into public.mails (id, mail) select id, email from w; create table x as select * from other.t
