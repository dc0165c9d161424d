select '''it's jane''', b from t
