#include "base/fault.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_uint left; /* seams to go; 0: not armed */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char only[64]; /* "": every seam counts */
static bool was_reached;

bool tl_fault(const char *seam)
{
    bool fails = false;

    if (!atomic_load_explicit(&left, memory_order_relaxed))
        return false;
    pthread_mutex_lock(&lock);
    if (atomic_load(&left) && (!only[0] || strcmp(only, seam) == 0)) {
        fails = atomic_fetch_sub(&left, 1) == 1;
        was_reached |= fails;
    }
    pthread_mutex_unlock(&lock);
    if (fails)
        errno = EIO;
    return fails;
}

void tl_fault_arm_seam(const char *seam, unsigned nth)
{
    pthread_mutex_lock(&lock);
    snprintf(only, sizeof only, "%s", seam ? seam : "");
    was_reached = false;
    atomic_store(&left, nth);
    pthread_mutex_unlock(&lock);
}

void tl_fault_arm(unsigned nth)
{
    tl_fault_arm_seam(NULL, nth);
}

bool tl_fault_disarm(void)
{
    pthread_mutex_lock(&lock);
    bool reached = was_reached;
    was_reached = false;
    atomic_store(&left, 0);
    pthread_mutex_unlock(&lock);
    return reached;
}
