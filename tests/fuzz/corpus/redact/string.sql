select * from users where email = 'jane.roe@example.com' and note = 'it''s'
