#!/bin/sh
# interop.sh VENV SCRIPT PROGRAM: runs SCRIPT with the Python of the folder that ./dev test filled with peers.
set -eu
python=$1/bin/python3
if [ ! -f "$1/installed" ]; then
    echo "SKIP: tests/interop/requirements.txt is not installed in $1 (./dev test does it where pip can reach its index)"
    exit 77
fi
shift
exec "$python" -B "$@"
