select a # '{jane,
roe}' from t
