CREATE VIEW mart AS -- for sales
SELECT u.user_id,
       CASE WHEN sum(c.value) >= 400000000 THEN 'gold' ELSE 'bronze' END AS tier
  FROM core_users u
 WHERE u.email <> 'qa.robot@example.com'
 GROUP BY 1
