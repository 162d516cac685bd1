/* decided.c: the second line of a decision's note is its JSON (audit-log.md section 6). */
#include "scan/decided.h"

#include "base/view.h"

#include <mishen/review.h>

const msh_json *msh_decided_read(msh_arena *a, const msh_json *body, msh_view *note)
{
    *note = msh_json_text(msh_json_get(body, "note"));
    size_t from = msh_view_find(*note, MSH_VIEW("\n"), 0);
    size_t to = from == SIZE_MAX ? from : msh_view_find(*note, MSH_VIEW("\n"), from + 1);
    msh_json *d = NULL;
    if (to == SIZE_MAX ||
        msh_json_read(a, msh_view_cut(*note, from + 1, to - from - 1), 0, &d, NULL) != MSH_OK)
        return NULL;
    return d;
}

msh_view msh_decided_act(msh_view act, bool english)
{
    for (int i = 0; i < MSH_ACT_COUNT && !english; i++)
        if (msh_view_eq_str(act, msh_act_name((msh_act)i)))
            return msh_view_str(msh_act_text((msh_act)i, MSH_LANG_ZH));
    return act;
}
