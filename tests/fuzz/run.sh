#!/bin/sh
# run.sh PROGRAM CORPORA TEXTS: lets a libFuzzer target try for TAGLINE_FUZZ_SECONDS (10), starting from its folder of seeds, and those that read SQL from TEXTS too.
# A finding ends it with 1: libFuzzer would take 77, which means skipped here. What it finds of interest stays in the build folder, beside the program, for the next time.
set -eu
program=$1
name=$(basename "$program")
seeds=$2/${name#fuzz_}

if [ ! -x "$program" ]; then
    echo "SKIP: $program was not built (clang-14 and libclang-rt-14-dev make it: cmake --preset fuzz)"
    exit 77
fi
mkdir -p "$program.corpus"
[ -d "$seeds" ] || seeds=
case $name in fuzz_sql | fuzz_lineage) [ ! -d "$3" ] || seeds="$seeds $3" ;; esac
# shellcheck disable=SC2086 # words
exec "$program" -max_total_time="${TAGLINE_FUZZ_SECONDS:-10}" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -error_exitcode=1 \
    -verbosity=0 -artifact_prefix="$program." "$program.corpus" $seeds
