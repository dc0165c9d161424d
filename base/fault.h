/*
 * Seams: named places where the outside can fail, and where tests make it fail. Costs one load when not armed.
 * Every call out of the program (open, read, write, fsync, rename, a query, a request) passes one.
 */
#ifndef TL_BASE_FAULT_H
#define TL_BASE_FAULT_H

#include <stdbool.h>

/* True when this seam is to fail now: the caller then does what it does when the real call fails (errno is EIO). */
bool tl_fault(const char *seam);

/* The nth seam reached from now on (1 = the next) fails, once. 0 disarms. */
void tl_fault_arm(unsigned nth);
/* Only seams of this name count. NULL: all. */
void tl_fault_arm_seam(const char *seam, unsigned nth);
/* Disarms; true when the armed fault was reached. */
bool tl_fault_disarm(void);

#endif
