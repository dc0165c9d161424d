select t1.c2, 1, 1.5, .5, 1e5, 1.5E-3, 0x1F, 1_000, 10L, -7, a[3], x/2, varchar(20) from t1 limit 5;
