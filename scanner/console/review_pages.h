/* review_pages.h: what the pages of the review share. They run in the office only. */
#ifndef MSH_CONSOLE_REVIEW_PAGES_H
#define MSH_CONSOLE_REVIEW_PAGES_H

#include "console/console.h"

#include <mishen/review.h>

#define STATE_BIT(id) (1u << MSH_RELEASE_##id)

unsigned review_states_of(msh_account_role role);
/* The answer to a call that failed. */
void review_failed(console_request *q, msh_err err, const msh_error *why);
/* A field of the form as a C string; NULL when it is empty. */
enum { REVIEW_TEXT_SIZE = 1001 };
const char *review_text(const console_request *q, const char *name, char out[REVIEW_TEXT_SIZE]);
/* Whether this person has keys with a password; else the answer says what to do. */
bool review_may_sign(console_request *q);
/* After an act: what was refused, or the release. */
void review_answer(console_request *q, msh_err err, const msh_error *why,
                   const msh_review_done *done);
/* Until when, and how many working days are left. */
void review_due(console_request *q, const msh_release *r);

#endif
