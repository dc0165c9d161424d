#!/bin/sh
# Shell scripts pass shellcheck, Python ones compile.
set -eu

find tests -name '*.py' -not -path '*/fixtures/*' | sort | xargs python3 -c '
import sys
for path in sys.argv[1:]:
    with open(path, "rb") as f:
        compile(f.read(), path, "exec")'
if ! command -v shellcheck >/dev/null; then
    echo "SKIP: no shellcheck: shell scripts were not looked at"
    exit 0
fi
find dev .ci/run tests -name '*.sh' -o -path dev -o -path .ci/run | sort | xargs shellcheck
