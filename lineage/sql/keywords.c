#include "lineage/sql/keywords.h"

const struct tl_sql_keyword_row tl_sql_keywords[TL_K_END_OF_LIST] = {
#define X(word, constant, postgres, sqlite, elsewhere)                                   \
    [TL_K_##constant] = { word,                                                          \
                          sizeof word - 1,                                               \
                          { TL_KW_##postgres, TL_KW_##sqlite, TL_KW_##elsewhere } },
    TL_SQL_KEYWORDS(X)
#undef X
};
