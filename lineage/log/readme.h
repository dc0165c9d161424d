/*
 * The texts that every log begins with. Private to lineage/log.
 */
#ifndef TL_LINEAGE_LOG_README_H
#define TL_LINEAGE_LOG_README_H

extern const char *const tl_log_readme[]; /* README.md, line by line, NULL at the end */
extern const char tl_log_signers[];       /* signers/allowed_signers */

#endif
