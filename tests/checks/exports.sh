#!/bin/sh
# What leaves a file starts with tl_; a connector's file exports its table and nothing else.
set -eu

nm -A -g --defined-only "$1"/libtl_*.a 2>/dev/null | awk '
NF < 3 || $2 == "U" { next }
{
    split($1, part, ":")
    object = part[1] ":" part[2]
    sub(".*/", "", object)
    name = $NF
}
name ~ /^(__odr_asan|__asan|__lsan|__ubsan|__sanitizer)/ || object ~ /libtl_testing/ { next }
name !~ /^tl_/ { print object ": exports " name ", which does not start with tl_"; bad = 1 }
{ all[object]++; names[object] = names[object] " " name }
name ~ /^tl_connector_[a-z0-9]+$/ && name != "tl_connector_find" { table[object] = name }
END {
    for (object in table)
        if (all[object] > 1 && object !~ /registry/) {
            print object ": exports" names[object] "; a connector exports only its table, " table[object]
            bad = 1
        }
    exit bad
}'
