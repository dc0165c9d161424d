select '''jane''', """roe""", '', b from t
