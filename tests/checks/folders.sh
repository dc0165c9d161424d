#!/bin/sh
# The top level stays as it is drawn, and every room has a README.md of at most 15 lines.
set -eu

bad=0
for entry in *; do
    case $entry in
    base | connectors | classifiers | lineage | policies | reports | cli | tests | build) ;;
    CMakeLists.txt | CMakePresets.json | README.md | LICENSE | dev) ;;
    *)
        echo "$entry: nothing else belongs to the top level"
        bad=1
        ;;
    esac
done
for room in base connectors classifiers lineage policies reports cli tests; do
    if [ -d $room ] && [ ! -f $room/README.md ]; then
        echo "$room/README.md is missing: what it is for, in which order to read it, how to add one more"
        bad=1
    fi
done
for readme in */README.md */*/README.md; do
    case $readme in build/* | *'*'*) continue ;; esac
    if [ "$(wc -l <"$readme")" -gt 15 ]; then
        echo "$readme has more than 15 lines"
        bad=1
    fi
done
exit $bad
