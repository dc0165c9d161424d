select $$it's jane$$, $tag$ a $$ b $tag$, a$b$c, $1 from t
