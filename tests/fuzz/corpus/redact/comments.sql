select a -- jane.roe@example.com
     , b /* call +12125550123 */ , c
  from t -- don't
