#!/bin/sh
# The layout of all C sources is clang-format's. ./dev format mends it.
set -eu

if ! command -v clang-format-14 >/dev/null; then
    echo "SKIP: no clang-format-14"
    exit 77
fi
find base connectors classifiers lineage policies reports cli tests -name '*.[ch]' 2>/dev/null | sort |
    xargs clang-format-14 --dry-run -Werror --ferror-limit=1
