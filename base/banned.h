/*
 * Calls that have gone wrong too often: they do not compile. Forced into every source by the build (-include).
 */
#ifndef TL_BASE_BANNED_H
#define TL_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Not ctime: git2.h has a field of that name, and who may not call localtime has no use for it. */
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok gets
#pragma GCC poison atoi atol atof localtime gmtime asctime

#endif
