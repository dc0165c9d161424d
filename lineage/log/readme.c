/* Part of the format: a log keeps the README it was born with, so this text says what holds for "tagline-log 1". */
#include "lineage/log/readme.h"

#include <stddef.h>

const char tl_log_signers[] = "# Who may sign this log: one line a key, in the form of "
                              "ssh-keygen(1), \"ALLOWED SIGNERS\".\n"
                              "# Nobody yet.\n";

const char *const tl_log_readme[] = {
    "# A tagline log\n",
    "\n",
    "Which columns of a data warehouse hold personal data, who or what decided so, when, "
    "on which evidence and\n",
    "under which rules. One commit a run on branch `main`; git alone reads all of it. No "
    "value of any column\n",
    "stands here: only names, types, counts, digests and comments fit to be kept.\n",
    "\n",
    "| path | holds |\n",
    "|---|---|\n",
    "| `format` | `tagline-log 1`; a reader refuses a newer one |\n",
    "| `state/<source>/<database>/<schema>/<dataset>.json` | what is believed of a "
    "dataset, one column, edge or problem a line; absent levels are left out |\n",
    "| `rules/<sha256>.yaml` | every rule pack and policy that a decision used, named by "
    "the SHA-256 of its bytes |\n",
    "| `runs/<yyyy>/<mm>/<dd>/<run>/spans.jsonl` | how a run decided: OpenTelemetry "
    "spans, one ExportTraceServiceRequest (OTLP/JSON) a line; further parts of 16 MiB "
    "are `spans.0002.jsonl` ... |\n",
    "| `runs/<yyyy>/<mm>/<dd>/<run>/run.json` | what went into the run, what came out, "
    "its place in the tree |\n",
    "| `signers/allowed_signers` | who may sign, in OpenSSH's form |\n",
    "| `seal/` | reserved for the signed checkpoint of the tree |\n",
    "\n",
    "Names in paths are percent-encoded but for letters, digits, `_`, `-` and inner "
    "dots, and a folder that would end in\n",
    "`.json` ends in `%2Ejson`; longer than 200 bytes they are cut at 180, `~` and 16 "
    "hex digits of their SHA-256 follow, and\n",
    "the whole name stands in the file. `<run>` is the trace id; its day is that of the "
    "commit, UTC.\n",
    "\n",
    "## To look\n",
    "\n",
    "```\n",
    "git log --stat main                      what each run changed\n",
    "git log -p -- state/shop/main/users.json the history of one dataset\n",
    "git blame main -- state/shop/main/users.json   which run last changed which "
    "column\n",
    "git show main:state/shop/main/users.json | jq .   what is believed now\n",
    "```\n",
    "\n",
    "In a state file a tag has an `info_type`, a `state` (proposed, confirmed, rejected, "
    "withdrawn, carried), an `origin` (rule,\n",
    "validator, llm, lineage, person), a confidence in per mille, and `trace` and "
    "`span`: the span that decided it, in the\n",
    "run of that trace, whose folder is that of the day in `since`. That span links to "
    "the one it replaced\n",
    "(`links`; the attribute `tagline.replaces` holds the day of the replaced one), so "
    "every history can be walked back. A tag's\n",
    "line is written anew only when its type, state or band of confidence (50 per mille) "
    "changes. `rows` is an order of\n",
    "magnitude (a power of two). What is absent is left out: no `comment`, no comment; "
    "`unknown` and `absent` only when true.\n",
    "An `absent` column or dataset is not in its source: it went and is kept because a "
    "person spoke of it, or (a dataset\n",
    "without columns) only SQL names it.\n",
    "\n",
    "`edges` say what flows into the dataset: `source` and `source_column`, into which "
    "`target_column` (none: it steers all of\n",
    "it), as what `kind` (identity, transformation, aggregation move values; join, "
    "filter, group_by, sort, window, conditional\n",
    "steer), with what `effect` on personal data, and where that stands: `query` (none: "
    "the dataset's own view SQL), `line`,\n",
    "`column`. `confidence` is left out at 1000. `problems` are what of such SQL was not "
    "understood.\n",
    "A `carried` tag follows from a tag elsewhere: `from` is the column where that set "
    "out, `from_type` what it is there,\n",
    "`effect` what is left of the data on the way. It goes when its source or the way "
    "goes; a span says why.\n",
    "An `inside` tag stands among other things in the values; `path` says where, of JSON "
    "or "
    "of a URL.\n",
    "A person's word keeps beside it what the last scan settled otherwise: `against` "
    "(an info type or none),\n"
    "`against_confidence`; `knew` is what the rules said when it was said.\n"
    "`facts` are counts of the sample, never values: how many rows, of how many (0: the "
    "first number itself). Shares that\n",
    "move by less than 20 per mille keep the old counts.\n",
    "\n",
    "## Bytes\n",
    "\n",
    "JSON here is canonical (RFC 8785) but for the line breaks of state files. Text may "
    "hold bytes that are no UTF-8: such a\n",
    "byte B, a NUL, and each byte of a character U+EF00..U+EFFF are written as the "
    "character U+EF00 + B. To undo it, replace\n",
    "every character U+EF00..U+EFFF by the byte of its last two hex digits.\n",
    "\n",
    "## To check\n",
    "\n",
    "1. `git fsck --strict` re-computes every hash: each commit names its content and "
    "the commit before it.\n",
    "   `git log --first-parent main` must be one line, and a clone made earlier must be "
    "a prefix of it.\n",
    "2. `git verify-commit` checks signatures against `signers/allowed_signers` with\n",
    "   `git -c gpg.ssh.allowedSignersFile=signers/allowed_signers` once commits are "
    "signed (`ssh-keygen -Y verify` underneath).\n",
    "3. Every line of every `spans*.jsonl`, in the order of commits, parts and lines, is "
    "a leaf of one Merkle tree (RFC 6962, SHA-256).\n",
    "   The leaf's entry is the SHA-256 of the line without its newline: its hash is "
    "SHA-256(0x00 || SHA-256(line)). Size\n",
    "   and root after each run stand in the commit's trailers `Tagline-Tree-Size` and "
    "`Tagline-Root` (base64), and in\n",
    "   `run.json` with the right edge: the roots of the perfect subtrees, largest "
    "first, from which the next run goes on.\n",
    "4. A dataset found unchanged (same digests of schema, sample and rules) has no line "
    "of its own: the span of its source\n",
    "   counts it, and `tagline.manifest` is the SHA-256 over one line for each such "
    "dataset, in the order of their keys\n",
    "   (level by level, absent first, by bytes):\n",
    "   `[\"<source/database/schema/dataset>\",\"<schema>\",\"<sample>\",\"<rules>\"]` "
    "and a newline, the names percent-encoded and the digests\n",
    "   those in its state file at that commit. Unchanged are all datasets of the source "
    "in `state/` at that commit but\n",
    "   for those that have a `dataset` span of this run, those in `tagline.left_out`, "
    "and absent ones. A `lineage` span says\n",
    "   that something else flows into a dataset now; it may be unchanged all the "
    "same.\n",
    "5. A span's id is the first 8 bytes of SHA-256(trace id || name), where the name is "
    "`run`, `stage <name>`, `source <name>`,\n",
    "   the dataset's key, `<key>#<column>`, or one of these followed by a space and a "
    "step (`rule 0`, `tag <type>`, `word 0`,\n",
    "   `lineage`, `carried <type>`, `lost <type>`); `policy`, `verdict 0` and `problem "
    "0` stand alone.\n",
    "\n",
    "People stand here by id only. Who is behind an id stands elsewhere, where it can be "
    "erased.\n",
    "Each run adds a pack; `git gc` folds them into one and may be run at any time when "
    "no scan is running.\n",
    NULL,
};
