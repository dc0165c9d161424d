select a /* jane
from t
