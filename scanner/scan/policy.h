/* policy.h: what a policy makes of an item: types that may pass unread, rules that are graver in
 * these days, files that are left out. */
#ifndef MSH_SCAN_POLICY_H
#define MSH_SCAN_POLICY_H

#include "scan/item.h"

/* The policy lets a format ("mp4") pass although its content is not read. */
bool msh_policy_passes(const msh_policy *policy, msh_view format);
/* The tier of a finding after --raise: at most one tier up. */
msh_tier msh_policy_raise(const msh_options *options, msh_view rule, msh_tier tier);
/* msh_entry_hit with the tier that --raise makes of it. */
void msh_policy_hit(const msh_options *options, msh_entry *e, const msh_rules *rules, msh_hmac *key,
                    const msh_hit *hit);
/* After the last event of an item, before msh_entry_finish. */
void msh_policy_apply(const msh_policy *policy, msh_entry *e);
/* --exclude: a pattern without "/" fits any part of the path, one with it the path from the root
 * on;
 * * stays within a part, ** does not; what lies beneath a folder that fits, fits. rel: relative to
 * the root. */
bool msh_policy_excludes(const msh_options *options, msh_view rel);

#endif
