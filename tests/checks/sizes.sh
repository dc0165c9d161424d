#!/bin/sh
# Functions have at most 80 lines and files 1,500. Tables do not count, nor does a parser's switch.
set -eu

find base connectors classifiers lineage policies reports cli tests -name '*.[ch]' 2>/dev/null | sort | xargs awk '
# clang-format puts the brace of a function, and only that one, alone at the left margin.
function wrong(where, what) { print where ": " what; bad = 1 }
function close_file() { if (file != "" && lines > 1500) wrong(file, lines " lines, more than 1,500") }
FNR == 1 { close_file(); file = FILENAME; lines = 0; inside = ""; body = 0 }
inside == "table" { if (/^}/) inside = ""; next }
/^[^ \t#].* = \{$/ { inside = "table"; next }
{ lines++ }
inside == "switch" { if (/^    }/) inside = "function"; next }
inside == "function" {
    if (/^}/) {
        if (body > 80) wrong(FILENAME ":" began, body " lines in one function, more than 80")
        inside = ""
    } else {
        body++
        if (/^    switch \(/) inside = "switch"
    }
    next
}
/^\{$/ { inside = "function"; body = 0; began = FNR }
END { close_file(); exit bad }'
