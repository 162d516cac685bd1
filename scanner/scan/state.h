/* state.h: the state folder: where it is, and the department key for tokens. */
#ifndef MSH_SCAN_STATE_H
#define MSH_SCAN_STATE_H

#include <mishen/scan.h>

enum { MSH_STATE_PATH = 3072, MSH_TOKEN_KEY = 32 };

/* --state, else /var/lib/mishen for root, else $XDG_STATE_HOME/mishen or ~/.local/state/mishen. */
MSH_MUST_CHECK msh_err msh_state_path(const msh_options *options, char out[MSH_STATE_PATH],
                                      msh_error *why);
/* Make the folder and its parts (0700) at first use. MSH_E_STATE, MSH_E_FULL. */
MSH_MUST_CHECK msh_err msh_state_prepare(const char *state, msh_error *why);
/* Before the log is opened for writing: saved runs without one record of a log mean that the log is
 * lost, and a new one must not begin in its place unasked (`log init` does). MSH_E_EVIDENCE. */
MSH_MUST_CHECK msh_err msh_state_check_log(const char *state, msh_lang lang, msh_error *why);
/* token.key: read, or made at first use (0600). */
MSH_MUST_CHECK msh_err msh_state_token_key(const char *state, uint8_t key[MSH_TOKEN_KEY],
                                           msh_error *why);

#endif
