# don't
select a, b # jane, 5
from t
