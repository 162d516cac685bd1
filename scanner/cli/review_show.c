/* review_show.c: mishen review list, show: text for people, one JSON object a line for programs. */
#include "cli/review_show.h"

#include <inttypes.h>
#include <string.h>

static void put(msh_view v)
{
    cli_print_escaped(stdout, (const char *)v.data, v.len);
}

static const char *tr(const cli_args *a, const char *zh, const char *en)
{
    return a->options.lang == MSH_LANG_EN ? en : zh;
}

/* --- JSON ------------------------------------------------------------------------------------- */

/* Texts come from signed notes, which are well-formed UTF-8 without controls. */
static void put_json(const char *key, msh_view v, bool first)
{
    printf("%s\"%s\":\"", first ? "" : ",", key);
    for (size_t i = 0; i < v.len; i++) {
        unsigned char c = v.data[i];
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20)
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

static void put_json_texts(const msh_review_views *t)
{
#define MSH_REVIEW_TEXT(where, member, key, zh, en)                                                \
    if (t->member.len)                                                                             \
        put_json(key, t->member, false);
#include <mishen/reviewtexts.def>
#undef MSH_REVIEW_TEXT
}

static void release_json(const msh_release *r)
{
    printf("{\"type\":\"release\",\"v\":1");
    put_json("id", r->id, false);
    printf(",\"state\":\"%s\"", msh_release_state_name(r->state));
    put_json_texts(&r->texts);
    put_json("submitted_by", r->submitted_by, false);
    put_json("submitted", r->submitted, false);
    printf(",\"record\":%" PRIu64 ",\"round\":%u,\"step\":%u,\"steps\":%u,\"files\":%zu", r->record,
           r->round, r->step, r->n_steps, r->n_files);
    printf(",\"verdict\":\"%s\",\"open\":%" PRIu64 ",\"waived\":%" PRIu64,
           msh_verdict_name(r->worst), r->open, r->waived);
    if (r->due[0])
        printf(",\"due\":\"%s\",\"days_left\":%d,\"late\":%s", r->due, r->days_left,
               r->late ? "true" : "false");
    if (r->publish_due[0])
        printf(",\"publish_due\":\"%s\",\"publish_late\":%s", r->publish_due,
               r->publish_late ? "true" : "false");
    if (r->not_after.len)
        put_json("not_after", r->not_after, false);
    if (r->published.len)
        put_json("published", r->published, false);
    printf("}\n");
}

/* --- text ------------------------------------------------------------------------------------- */

static void put_due(const cli_args *a, const msh_release *r)
{
    if (r->late)
        printf("  %s %s（%s %d %s）", tr(a, "已逾期", "LATE, due"), r->due, tr(a, "超", "by"),
               -r->days_left, tr(a, "个工作日", "working days"));
    else if (r->due[0])
        printf("  %s %s（%s %d %s）", tr(a, "限", "due"), r->due, tr(a, "还有", "in"), r->days_left,
               tr(a, "个工作日", "working days"));
    if (r->publish_late)
        printf("  %s %s", tr(a, "公开已逾期：", "publication is late: due"), r->publish_due);
    else if (r->publish_due[0])
        printf("  %s %s", tr(a, "公开期限", "publish by"), r->publish_due);
}

static void put_release(const cli_args *a, const msh_release *r)
{
    printf("%s  ", msh_release_state_text(r->state, a->options.lang));
    put(r->id);
    printf("  ");
    put(r->texts.title);
    if (r->texts.docno.len) {
        printf("  ");
        put(r->texts.docno);
    }
    if (r->texts.category.len) {
        printf("  [");
        put(r->texts.category);
        printf("]");
    }
    printf("  %s%s", tr(a, "机检：", "scan: "), msh_verdict_text(r->worst, a->options.lang));
    if (r->open || r->waived)
        printf("  %s %" PRIu64 "  %s %" PRIu64, tr(a, "命中", "findings"), r->open,
               tr(a, "已豁免", "waived"), r->waived);
    put_due(a, r);
    printf("\n");
}

/* --- list ------------------------------------------------------------------------------------- */

typedef struct lister {
    const cli_args *a;
    bool json;
    uint64_t n, late;
} lister;

static bool is_json(const cli_args *a, bool *json)
{
    const char *format = cli_option_or(a, "--format", "text");
    *json = strcmp(format, "ndjson") == 0;
    return *json || strcmp(format, "text") == 0;
}

static bool on_release(void *ctx, const msh_release *r)
{
    lister *l = ctx;
    l->n++;
    l->late += r->late || r->publish_late;
    if (l->json)
        release_json(r);
    else
        put_release(l->a, r);
    return true;
}

int cli_review_list(cli_args *a)
{
    lister l = {.a = a};
    const msh_release_filter filter = {.pending = cli_flag(a, "--pending"),
                                       .late = cli_flag(a, "--late"),
                                       .state = cli_option(a, "--only"),
                                       .category = cli_option(a, "--category")};
    const msh_release_visitor v = {.ctx = &l, .release = on_release};
    msh_error why = {0};
    if (!is_json(a, &l.json))
        return cli_usage(a, "--format 只能是 text 或 ndjson", "--format is text or ndjson");
    msh_err err = msh_review_list(&a->options, &filter, &v, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    if (!l.json)
        printf("%s %" PRIu64 "  %s %" PRIu64 "\n", tr(a, "共", "releases:"), l.n,
               tr(a, "逾期", "late:"), l.late);
    return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
}

/* --- show ------------------------------------------------------------------------------------- */

static bool on_file(void *ctx, const msh_release_file *f)
{
    const lister *l = ctx;
    if (l->json) {
        printf("{\"type\":\"release-file\"");
        put_json("path", f->path, false);
        printf(",\"size\":%" PRIu64 ",\"record\":%" PRIu64 ",\"verdict\":\"%s\"", f->size,
               f->record, f->known ? msh_verdict_name(f->verdict) : "?");
        put_json("outcome", f->outcome, false);
        if (f->stated_till.len) {
            put_json("stated_till", f->stated_till, false);
            put_json("stated_by", f->stated_by, false);
        }
        printf(",\"open\":%" PRIu64 ",\"waived\":%" PRIu64 "}\n", f->open, f->waived);
        return true;
    }
    printf("  %s  ", f->known ? msh_verdict_text(f->verdict, l->a->options.lang)
                              : tr(l->a, "机检记录不在日志里", "its scan is not in the log"));
    put(f->path);
    if (f->stated_till.len) {
        printf("  %s ", tr(l->a, "已人工查看：", "read by"));
        put(f->stated_by);
        printf(" %s %.10s", tr(l->a, "有效至", "until"), (const char *)f->stated_till.data);
    }
    printf("\n");
    return true;
}

static bool on_finding(void *ctx, const msh_release_finding *f)
{
    const lister *l = ctx;
    if (l->json) {
        printf("{\"type\":\"release-finding\"");
        put_json("path", f->path, false);
        put_json("rule", f->rule, false);
        put_json("category", f->category, false);
        put_json("part", f->part, false);
        put_json("sheet", f->sheet, false);
        put_json("cell", f->cell, false);
        printf(",\"tier\":\"%s\",\"page\":%u,\"line\":%u,\"count\":%" PRIu64
               ",\"fp\":\"%s\",\"waived\":%s}\n",
               msh_tier_name(f->tier), f->page, f->line, f->count, f->fp,
               f->waived ? "true" : "false");
        return true;
    }
    printf("    %s · ", msh_tier_text(f->tier, l->a->options.lang));
    put(f->rule);
    printf(" · ");
    put(f->category);
    if (f->page)
        printf(" · %s %u", tr(l->a, "页", "page"), f->page);
    if (f->sheet.len || f->cell.len) {
        printf(" · ");
        put(f->sheet);
        printf("!");
        put(f->cell);
    }
    if (f->line)
        printf(" · %s %u", tr(l->a, "行", "line"), f->line);
    printf(" · %s", f->fp);
    if (f->waived)
        printf("  %s %.10s", tr(l->a, "已豁免，至", "waived until"),
               (const char *)f->waived_till.data);
    printf("\n");
    return true;
}

static void event_json(const msh_release_event *e)
{
    printf("{\"type\":\"release-event\",\"record\":%" PRIu64 ",\"act\":\"%s\",\"counts\":%s",
           e->record, msh_act_name(e->act), e->counts ? "true" : "false");
    put_json("ts", e->ts, false);
    put_json("by", e->by, false);
    put_json("role", e->role, false);
    put_json_texts(&e->texts);
    if (e->why) {
        msh_view why = {(const uint8_t *)e->why, strlen(e->why)};
        put_json("why", why, false);
    }
    printf("}\n");
}

/* The texts of a step, each with its name; those of the release stand in its head. */
static void event_texts(const lister *l, const msh_review_views *t)
{
    enum { RELEASE, ACT };
    bool en = l->a->options.lang == MSH_LANG_EN;
#define MSH_REVIEW_TEXT(where, member, key, zh, en_)                                               \
    if ((where) == ACT && t->member.len && strcmp(key, "step") != 0) {                             \
        printf("  %s%s", en ? en_ : zh, en ? ": " : "：");                                         \
        put(t->member);                                                                            \
    }
#include <mishen/reviewtexts.def>
#undef MSH_REVIEW_TEXT
}

static const char *step_text(const lister *l, msh_view step)
{
    static const struct {
        const char *name, *zh, *en;
    } steps[] = {
#define MSH_STEP(id, name, role, days, refuse, zh, en, step_zh, step_en) {name, step_zh, step_en},
#include <mishen/reviewsteps.def>
#undef MSH_STEP
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (step.len == strlen(steps[i].name) && memcmp(step.data, steps[i].name, step.len) == 0)
            return l->a->options.lang == MSH_LANG_EN ? steps[i].en : steps[i].zh;
    return "";
}

static bool on_event(void *ctx, const msh_release_event *e)
{
    const lister *l = ctx;
    if (l->json) {
        event_json(e);
        return true;
    }
    printf("  %" PRIu64 "  %.10s %.8sZ  %s %s  ", e->record, (const char *)e->ts.data,
           (const char *)e->ts.data + 11, step_text(l, e->texts.step),
           msh_act_text(e->act, l->a->options.lang));
    put(e->by);
    event_texts(l, &e->texts);
    if (!e->counts)
        printf("  %s%s", tr(l->a, "【不算数】", "[does not count] "), e->why ? e->why : "");
    printf("\n");
    return true;
}

int cli_review_show(cli_args *a, const char *id)
{
    lister l = {.a = a};
    const msh_release_visitor v = {&l, on_release, on_file, on_finding, on_event};
    msh_error why = {0};
    if (!is_json(a, &l.json))
        return cli_usage(a, "--format 只能是 text 或 ndjson", "--format is text or ndjson");
    msh_err err = msh_review_read(&a->options, id, &v, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
}

/* --- acts ------------------------------------------------------------------------------------- */

static void put_next(const cli_args *a, const msh_review_done *d)
{
    const char *who = NULL;
    if (d->more) {
        printf("%s %u\n",
               tr(a, "按信任策略，还要其他人批准，人数：", "other people must approve, too:"),
               d->more);
    } else if (d->state <= MSH_RELEASE_APPROVE) {
        who = tr(a, "下一步：由下一环节的人 mishen review show 查看，再 pass、return 或 approve",
                 "next: whose step it is looks (mishen review show), then pass, return or approve");
    } else if (d->state == MSH_RELEASE_APPROVED) {
        who = tr(a, "下一步：发布前用 mishen gate 核对", "next: mishen gate before publishing");
    } else if (d->state == MSH_RELEASE_RETURNED) {
        who = tr(a, "下一步：改好后用同一编号重新报送（mishen review submit --release 编号）",
                 "next: mend it and submit it again with the same id (--release)");
    } else if (d->state == MSH_RELEASE_ESCALATED) {
        who = tr(a, "下一步：收到答复后写明 --reply 再作决定", "next: decide with --reply");
    } else if (d->state == MSH_RELEASE_WITHDRAWN) {
        who = tr(a, "下一步：已发布的从网站撤下，再用 mishen reconcile 网站 核对",
                 "next: take it down from the site, then mishen reconcile SITE");
    }
    if (who)
        printf("%s\n", who);
}

void cli_review_done(const cli_args *a, const msh_review_done *d)
{
    if (d->state == MSH_RELEASE_STATE_COUNT)
        printf("%s", tr(a, "已签名", "signed"));
    else
        printf("%s  %s", msh_release_state_text(d->state, a->options.lang), d->id);
    if (d->due[0])
        printf("  %s %s", tr(a, "限", "due"), d->due);
    if (d->not_after[0])
        printf("  %s %.10s", tr(a, "有效至", "until"), d->not_after);
    printf("\n%s", d->what);
    printf("%s  %s  %s %" PRIu64 "\n", tr(a, "决定已签名入日志", "signed and logged"), d->origin,
           tr(a, "记录号", "record"), d->record);
    put_next(a, d);
}
