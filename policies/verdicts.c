#include "policies/policy.h"

void tl_verdicts_release(struct tl_verdicts *verdicts)
{
    tl_vec_release(&verdicts->items);
    *verdicts = (struct tl_verdicts){ 0 };
}
