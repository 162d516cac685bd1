/* fuzz_run.c: any bytes as a saved run, shown as a page. Oracles: what is shown holds no markup
 * that is not ours, whatever the names, places and excerpts say. */
#include "console/run_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void show(console_request *q, const run_report *r)
{
    for (const run_item *i = r->items; i; i = i->next) {
        html_text(q, msh_json_text(msh_json_get(i->j, "path")));
        html_verdict(q, run_verdict(i->j));
        for (const run_line *l = i->findings; l; l = l->next) {
            html_tier_named(q, msh_json_text(msh_json_get(l->j, "tier")));
            html_place(q, msh_json_get(l->j, "place"));
            html_rule(q, msh_json_text(msh_json_get(l->j, "rule")));
        }
        for (const run_line *l = i->outcomes; l; l = l->next) {
            html_place(q, msh_json_get(l->j, "place"));
            html_str(q, say(q, run_advice(msh_json_text(msh_json_get(l->j, "outcome")))));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static console_request q;
    run_report r;
    q.rules = MSH_VIEW("a\t<b>\t<c>\nmark.x\t标志\tmark\n");
    msh_buf_init(&q.page, 16 << 20);
    if (run_read(&r, msh_view_of(data, size)))
        show(&q, &r);
    msh_view page = msh_buf_view(&q.page);
    for (size_t at = 0; (at = msh_view_find(page, MSH_VIEW("<"), at)) != SIZE_MAX; at++) {
        msh_view tag = msh_view_cut(page, at, 13);
        if (!msh_view_starts(tag, MSH_VIEW("<span class=\"")) &&
            !msh_view_starts(tag, MSH_VIEW("</span>")))
            __builtin_trap();
    }
    run_dispose(&r);
    msh_buf_dispose(&q.page);
    return 0;
}
