/* pack_hint.h: how to mend what is wrong with the keys of a pack. */
#ifndef MSH_RULE_PACK_HINT_H
#define MSH_RULE_PACK_HINT_H

#include <mishen/types.h>

/* Some map of a pack has such a key. */
bool msh_hint_known(msh_view key);
/* "不认识的键 naer，是不是 near？", "…" for a key that nobody asked for. */
void msh_hint_unknown(msh_view key, char zh[160], char en[120]);
/* "缺少 advice，请写一行 advice: 应该怎么办" */
void msh_hint_missing(const char *key, char zh[160], char en[120]);

#endif
