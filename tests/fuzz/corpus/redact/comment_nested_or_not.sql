select a /* x /* y */ 'z */ jane' , b from t
