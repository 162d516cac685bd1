/* say.h: every sentence of a report in both languages (messages.def), and small words that reports
 * share. */
#ifndef MSH_REPORT_SAY_H
#define MSH_REPORT_SAY_H

#include <mishen/finding.h>

#include "base/buf.h"

typedef enum msh_message {
#define MSG(id, zh, en) MSG_##id,
#include "report/messages.def"
#undef MSG
    MSG_COUNT
} msh_message;

/* The sentence as it stands in the table; "?" out of range. */
const char *msh_say(msh_message m, msh_lang lang);
/* The sentence with {n}, {a} and {b} put in; a and b are put as they are and may be NULL. */
void msh_say_put(msh_buf *out, msh_message m, msh_lang lang, uint64_t n, const char *a,
                 const char *b);
/* A part that was put into out carries its failure along: short memory is never a shorter report.
 */
static inline void msh_say_carry(msh_buf *out, const msh_buf *part)
{
    if (out->err == MSH_OK)
        out->err = part->err;
}
/* What to do about a reason why something was not inspected (advices.def). */
msh_message msh_say_advice(msh_view reason);
/* A category of rules in the reader's language (categories.def); as written when it is not listed.
 */
msh_view msh_say_category(msh_view category, msh_lang lang);
enum { MSH_SAY_EXCERPT = 256 };
/* An excerpt in the reader's language: that of a list ("8行 身份证号8") is written by a rule and
 * can be said in English; all others are what stands there, masked. May use buf. */
msh_view msh_say_excerpt(msh_view excerpt, msh_lang lang, char buf[MSH_SAY_EXCERPT]);
/* "42.5 KiB" */
void msh_say_size(uint64_t bytes, char out[32]);
enum { MSH_SAY_TIME = 48 };
/* A time as records have it for people: "2026-11-25 10:05（北京时间）", in English "2026-11-25
 * 02:05 UTC"; as written when it is none. */
void msh_say_time(const char *utc, msh_lang lang, char out[MSH_SAY_TIME]);
/* A reason in words; the view need not end with NUL. */
const char *msh_say_reason(msh_view reason, msh_lang lang);
/* The verdict that a finding of this tier leads to. */
msh_verdict msh_say_verdict_of(msh_tier t);
/* Verdicts by gravity, the worst first: as reports show them. */
extern const msh_verdict msh_verdicts_by_gravity[4];

#endif
