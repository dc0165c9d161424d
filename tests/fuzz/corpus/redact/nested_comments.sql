select a /* x /* jane */ roe */ , b /* 1 /* 2 /* 3 */ */ /* 4 */ 5 */ , 'c' from t
