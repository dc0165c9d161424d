#!/bin/sh
# Which folder may include which, and what stands behind a fence: third-party headers, the clock, the terminal.
set -eu

# shellcheck disable=SC2016 # awk expands
find base connectors classifiers lineage policies reports cli tests -name '*.[ch]' 2>/dev/null | sort | xargs awk '
BEGIN {
    may["base"] = "base"
    may["connectors"] = "base connectors"
    may["classifiers"] = "base classifiers"
    may["lineage"] = "base lineage"
    may["policies"] = "base lineage policies"
    may["reports"] = "base lineage policies reports"
    may["cli"] = "base connectors classifiers lineage policies reports cli"
    may["tests"] = may["cli"] " tests"

    fence["curl/"] = "^base/http\\.c$"
    fence["git2"] = "^lineage/log/"
    fence["pcre2.h"] = "^base/rx\\.c$"
    fence["openssl/"] = "^base/(digest|sign)\\.c$"
    fence["yaml.h"] = "^base/yaml\\.c$"
    fence["sqlite3.h"] = "^connectors/warehouse/sqlite[^/]*$"
    fence["libdeflate.h"] = "^lineage/log/"
    fence["libsmartcols/"] = "^cli/table\\.c$"
    fence["libpq-fe.h"] = "^connectors/warehouse/"
    fence["CUnit/"] = "^tests/"

    call["isatty("] = "^base/say\\.c$"
    call["clock_gettime("] = "^base/clock\\.c$"
    call["gettimeofday("] = "^base/clock\\.c$"
    call["getrandom("] = "^base/digest\\.c$"
}
function wrong(what) { print FILENAME ":" FNR ": " what; bad = 1 }
{ room = FILENAME; sub("/.*", "", room) }
/^ *# *include *"/ {
    split($0, part, "\"")
    from = part[2]
    if (!sub("/.*", "", from)) wrong("includes \"" part[2] "\": write the path from the root of the tree")
    else if (index(" " may[room] " ", " " from " ") == 0) wrong(room "/ may not include " from "/")
}
/^ *# *include *</ {
    split($0, part, /[<>]/)
    for (header in fence)
        if (index(part[2], header) == 1 && FILENAME !~ fence[header] && room != "tests")
            wrong("<" part[2] "> belongs to " fence[header])
}
room != "tests" {
    for (name in call)
        if (index($0, name) && FILENAME !~ call[name] && $0 !~ /^ *(\/?\*)/)
            wrong(name ") belongs to " call[name])
}
END { exit bad }'
