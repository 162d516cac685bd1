/* decided.h: reading what a decision record says, without judging its signatures. */
#ifndef MSH_SCAN_DECIDED_H
#define MSH_SCAN_DECIDED_H

#include "base/arena.h"
#include "base/json.h"

/* The JSON in the note of a decision record's body; NULL when there is none. *note: the note. */
const msh_json *msh_decided_read(msh_arena *a, const msh_json *body, msh_view *note);
/* An act in words: 批准, 撤回 …; the act itself when it is not known. */
msh_view msh_decided_act(msh_view act, bool english);

#endif
