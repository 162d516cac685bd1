/* decided.c: the second line of a decision's note is its JSON (audit-log.md section 6). */
#include "scan/decided.h"

#include "base/view.h"

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
    static const struct {
        const char *act, *zh;
    } acts[] = {{"submit", "送审"},    {"pass", "通过"},          {"return", "退回"},
                {"refuse", "不同意"},  {"escalate", "提请上级"},  {"approve", "批准"},
                {"waive", "豁免"},     {"withdraw", "撤回"},      {"state", "已人工查看"},
                {"adopt", "存量接管"}, {"record", "代录纸质决定"}};
    for (size_t i = 0; i < sizeof acts / sizeof acts[0] && !english; i++)
        if (msh_view_eq_str(act, acts[i].act))
            return msh_view_str(acts[i].zh);
    return act;
}
