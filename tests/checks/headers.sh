#!/bin/sh
# Every header compiles alone, with gcc and with clang.
set -eu

# shellcheck disable=SC2046 # words
set -- -std=gnu17 -D_GNU_SOURCE -I. -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c -include base/banned.h \
    $(pkg-config --cflags jansson libcurl yaml-0.1 libpcre2-8 libcrypto libgit2 sqlite3 libpq libdeflate)
bad=0
for compiler in gcc clang-14; do
    if ! command -v $compiler >/dev/null; then
        echo "SKIP: no $compiler: headers were compiled by the other one only"
        continue
    fi
    for header in $(find base connectors classifiers lineage policies reports cli tests -name '*.h' 2>/dev/null | sort); do
        printf '#include "%s"\n' "$header" | $compiler "$@" - || { echo "$header does not compile alone ($compiler)"; bad=1; }
    done
done
exit $bad
