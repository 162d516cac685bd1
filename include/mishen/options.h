/* options.h: limits and policies, passed down as one const struct from the front door. */
#ifndef MISHEN_OPTIONS_H
#define MISHEN_OPTIONS_H

#include <mishen/error.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* All limits, see limits.def for units. 0 = default. */
typedef struct msh_limits {
#define MSH_LIMIT(member, name, dflt, greatest, unit, zh, en) uint64_t member;
#include <mishen/limits.def>
#undef MSH_LIMIT
} msh_limits;

/* Fill every member with its default. */
void msh_limits_default(msh_limits *limits);
/* Set one limit from "name", "value" as given to --limit; value may end in k, M, G (1024) or s (for
 * ms). Errors: MSH_E_OPTION with the name, the value and the greatest allowed. */
MSH_MUST_CHECK msh_err msh_limits_set(msh_limits *limits, const char *name, const char *value,
                                      msh_error *why);

/* What to do with oddities, see policies.def. All zero = the defaults. */
enum {
    MSH_OPAQUE_FONT = 1,
    MSH_OPAQUE_AUDIO = 2,
    MSH_OPAQUE_VIDEO = 4,
    MSH_OPAQUE_PICTURE = 8,
    MSH_OPAQUE_PROGRAM = 16
};
typedef struct msh_policy {
    unsigned opaque;            /* MSH_OPAQUE_* that pass */
    bool optical_not_inspected; /* a page in which nothing was read: NOT-INSPECTED, not REVIEW */
} msh_policy;
/* Set one from "name", "value" as given to --policy. Errors: MSH_E_OPTION. */
MSH_MUST_CHECK msh_err msh_policy_set(msh_policy *policy, const char *name, const char *value,
                                      msh_error *why);

/* Which digests are computed for each item. */
enum { MSH_DIGEST_SHA256 = 1, MSH_DIGEST_SM3 = 2 };

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
