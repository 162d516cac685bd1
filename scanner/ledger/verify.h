/* verify.h: the verifier of a log (audit-log.md sections 3–5, 9, 13). Trusts no byte of the folder
 * but the first public keys (none when they are pinned), and says no more than it knows: a log
 * without an anchor is never called whole. */
#ifndef MSH_LEDGER_VERIFY_H
#define MSH_LEDGER_VERIFY_H

#include <mishen/ledger.h>

#include "base/clock.h"
#include "ledger/record.h"

/* Checks every line, every root and every signature of the log's profiles. Always fills *out; an
 * error only when memory is short or the crypto library fails. */
MSH_MUST_CHECK msh_err msh_verify_log(const char *dir, msh_lang lang, msh_log_verdict *out,
                                      msh_error *why);

/* The same, handing on each record (views live as long as the call) while it is checked. What was
 * handed on counts only when *out is not invalid afterwards. record may be NULL. */
typedef msh_err (*msh_verify_record)(void *ctx, const msh_record *r);
MSH_MUST_CHECK msh_err msh_verify_each(const char *dir, msh_lang lang, msh_verify_record record,
                                       void *ctx, msh_log_verdict *out, msh_error *why);

/* The same with options (may be NULL). */
MSH_MUST_CHECK msh_err msh_verify_with(const char *dir, msh_lang lang,
                                       const msh_verify_options *options, msh_verify_record record,
                                       void *ctx, msh_log_verdict *out, msh_error *why);

#endif
