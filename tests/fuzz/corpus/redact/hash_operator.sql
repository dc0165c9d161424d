select data #>> '{jane,roe}'::text[] as x
     , 'b' from t
