select 'a\\b', 'a\n', 'jane\\' from t like 'x' escape '\' and b = 'y'
