/* logput.c: a single record, for commands that are no scan. */
#include "base/err.h"
#include "ledger/log.h"
#include "scan/logdir.h"
#include "scan/state.h"

msh_err msh_log_put(const msh_options *options, const char *type, msh_view body, uint64_t *number,
                    msh_error *why)
{
    char dir[MSH_LOG_PATH];
    msh_log *l;
    char state[MSH_STATE_PATH];
    MSH_TRY(msh_log_dir(options, NULL, dir, why));
    MSH_TRY(msh_state_path(options, state, why));
    MSH_TRY(msh_state_check_log(state, options->lang, why));
    MSH_TRY(msh_log_open(dir, NULL, &l, why));
    msh_err err = type ? msh_log_add(l, type, body, why) : MSH_OK;
    if (err == MSH_OK)
        err = msh_log_commit(l, number, why);
    if (err == MSH_OK)
        err = msh_log_end(l, why);
    msh_log_close(l);
    return err;
}
