/* config_keys.h: keys and values of mishen.yaml, for config.c. */
#ifndef MSH_SCAN_CONFIG_KEYS_H
#define MSH_SCAN_CONFIG_KEYS_H

#include <mishen/error.h>

#include "base/arena.h"

typedef struct msh_config_key {
    const char *key, *value, *option;
} msh_config_key;

enum { MSH_CONFIG_HINT = 320 };

/* The row of a key ("mail.to"); of a map of names ("limits.time") the row "limits."; NULL = none.
 */
const msh_config_key *msh_config_key_of(const char *key);
/* Some key begins with these words and a dot. */
bool msh_config_is_map(const char *key);
/* Whether a mapping of the file may have it: for the check for full-width colons. */
bool msh_config_known(msh_view key);
bool msh_config_is_list(const msh_config_key *row);
/* "不认识的键 …，是不是 …？" for a key that is none; zh and en: MSH_CONFIG_HINT bytes. */
void msh_config_unknown(const char *key, char *zh, char *en);

/* Whether a value is one for the row; when not, what it may be in zh and en. dir: the folder that
 * paths are relative to. *out: as an option takes it, in `a`; NULL after MSH_E_MEMORY. Errors:
 * MSH_E_CONFIG, MSH_E_MEMORY. */
MSH_MUST_CHECK msh_err msh_config_value(msh_arena *a, const msh_config_key *row, const char *key,
                                        msh_view value, const char *dir, const char **out, char *zh,
                                        char *en);
/* Today (20261101) is one of the days FROM..TO, which were checked. */
bool msh_config_in_period(const char *period, uint32_t today);

#endif
