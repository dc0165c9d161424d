#!/bin/sh
# Words that mean unfinished do not stand in sources.
set -eu

found=$(grep -rnwE 'TODO|FIXME|XXX|HACK|[Nn]ot implemented|[Uu]nimplemented' \
    --include='*.[ch]' --include='*.py' --include='*.sh' --include='*.cmake' --include='*.txt' --include='*.yaml' --exclude=words.sh \
    CMakeLists.txt base connectors classifiers lineage policies cli tests) || true
[ -z "$found" ] || { printf '%s\n' "$found"; exit 1; }
