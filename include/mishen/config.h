/* config.h: mishen.yaml as a list of settings. Keys are in config.def, and nothing else is a key.
 */
#ifndef MISHEN_CONFIG_H
#define MISHEN_CONFIG_H

#include <mishen/error.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef struct msh_setting {
    const char *key;    /* "mail.to", "limits.time" */
    const char *value;  /* as an option takes it ("time=60s"); of a list one of them */
    const char *option; /* what stands for it on the command line ("--limit"), "" = nothing */
    const char *from;   /* "mishen.yaml:12" or "profile site" */
} msh_setting;

typedef struct msh_config msh_config;

/* Which file is read: `given` (of --config; "none" = no file), else $MISHEN_CONFIG, ./mishen.yaml,
 * /etc/mishen/mishen.yaml, the first that is there. NULL = none. */
const char *msh_config_file(const char *given);
/* Settings of a file (NULL = none) under a profile (NULL = the one that the file names, if any).
 * A profile that has `periods` is added on its days. Values that are wrong are found here:
 * MSH_E_CONFIG with "file:line:column: 错误：… / error: …". Also refused: a file that others may
 * write. */
MSH_MUST_CHECK msh_err msh_config_load(const char *file, const char *profile, msh_config **out,
                                       msh_error *why);
void msh_config_free(msh_config *c);
size_t msh_config_count(const msh_config *c);
const msh_setting *msh_config_get(const msh_config *c, size_t i);
/* The profile in force, "" = none. */
const char *msh_config_profile(const msh_config *c);
/* The profile that was added because of the day, "" = none. */
const char *msh_config_added(const msh_config *c);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
