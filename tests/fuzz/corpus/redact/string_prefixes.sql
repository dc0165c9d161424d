select N'jane', x'6a616e65', B'0101', r'jane', E'ja\'ne', date '2001-02-03', _utf8'jane' from t1
