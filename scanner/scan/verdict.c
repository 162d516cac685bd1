/* verdict.c: BLOCK > NOT-INSPECTED > REVIEW > PASS. A mark that was found stays found, whatever
 * else could not be read; and nothing passes that was not wholly read. */
#include "scan/verdict.h"

msh_verdict msh_verdict_of(msh_tier worst, bool whole, bool optical_page)
{
    if (worst >= MSH_TIER_BLOCK)
        return MSH_VERDICT_BLOCK;
    if (!whole)
        return MSH_VERDICT_NOT_INSPECTED;
    if (worst >= MSH_TIER_REVIEW || optical_page)
        return MSH_VERDICT_REVIEW;
    return MSH_VERDICT_PASS;
}

int msh_verdict_exit(uint64_t items, bool complete, bool found)
{
    if (items == 0 || !complete)
        return MSH_EXIT_NOT_INSPECTED;
    return found ? MSH_EXIT_FINDINGS : MSH_EXIT_CLEAN;
}
