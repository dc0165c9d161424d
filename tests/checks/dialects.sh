#!/bin/sh
# What differs between dialects of SQL is data: their names stand in dialect.c's rows and, as TL_SQL_IN(...), in tables of words; a
# family of keywords chooses where words may stand and nothing else; and no two traits of one set share a bit.
set -eu

# shellcheck disable=SC2016 # awk expands
find lineage/sql -name '*.[ch]' | sort | xargs awk '
function wrong(what) { print FILENAME ":" FNR ": " what; bad = 1 }
FNR == 1 { is_row_file = FILENAME ~ /\/(sql\.h|dialect\.c)$/; set = "" }
!is_row_file && /TL_SQL_(ANSI|POSTGRES|REDSHIFT|SNOWFLAKE|TRINO|SQLITE|DUCKDB|BIGQUERY|SPARK)[^A-Z_]/ {
    wrong("names a dialect: make what it means a trait of dialect.h")
}
/dialect *[!=]= *[A-Za-z(]/ && !/=== / { wrong("asks which dialect it is: make what it means a trait of dialect.h") }
/(->|\.)family([^A-Za-z0-9_]|$)/ && !/standing\[p->family\]/ && !/\.family = (traits->family|TL_KW_[A-Z]+),/ {
    wrong("asks for a family of keywords: make what it means a trait of dialect.h")
}
/(^ *(if|return|while) |tl_sql_is_in).*[^A-Z_](TL_SQL_)?IN\([A-Z]+\)/ { wrong("names a dialect outside a table") }
FILENAME ~ /dialect\.h$/ && /^enum / { set = $2; delete owner }
FILENAME ~ /dialect\.h$/ && set != "" {
    line = waiting $0
    waiting = ""
    if (line ~ /TL_SQL_[A-Z_]+ =$/) {
        waiting = line
    } else if (match(line, /TL_SQL_[A-Z_]+ = +[0-9]+/)) {
        split(substr(line, RSTART, RLENGTH), part, / = +/)
        bit = part[2] + 0
        for (power = 1; power < bit; power *= 2)
            ;
        if (power != bit) wrong(part[1] " is no single bit")
        if (bit in owner) wrong(part[1] " has the bit of " owner[bit])
        owner[bit] = part[1]
    }
}
/^};/ { set = "" }
END { exit bad }'
