select 'a' 'b', 'a'"b", e"c", 1'd' from t
