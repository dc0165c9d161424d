select a, 'jane
from t where b = 2
