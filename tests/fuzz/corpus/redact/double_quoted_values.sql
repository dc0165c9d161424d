select "EMAIL", "jane" from t where a = "jane@example.com" and b in ("x", "first name") and trim(from "roe") <> c and d is distinct from "roe"
