/* The reader of saved runs: what it takes, and that it takes nothing else. */
#include "check.h"

#include "base/mem.h"
#include "report/saved.h"

#include <mishen/finding.h>

#define RUN_LINE                                                                                   \
    "{\"type\":\"run\",\"v\":1,\"program\":\"mishen 0\",\"id\":\"20261125T020556Z-1b78cc1d\","     \
    "\"packs\":[],\"policy\":\"p\",\"sandbox\":true,\"lock\":\"l\","                               \
    "\"started\":\"2026-11-25T02:05:56.423422Z\"}\n"
#define ITEM_LINE                                                                                  \
    "{\"type\":\"item\",\"n\":0,\"path\":\"a.txt\",\"size\":5,\"sha256\":null,\"sm3\":null,"       \
    "\"format\":\"text\",\"verdict\":\"BLOCK\",\"outcome\":\"scanned\",\"reason\":null,"           \
    "\"findings\":1,\"ms\":0}\n"
#define RULE_LINE                                                                                  \
    "{\"type\":\"rule\",\"id\":\"x\",\"name\":\"标\",\"name_en\":\"Mark\",\"advice\":\"改\","    \
    "\"advice_en\":\"mend\"}\n"
#define FINDING_LINE                                                                               \
    "{\"type\":\"finding\",\"item\":0,\"rule\":\"x\",\"name\":\"标\",\"category\":\"c\","         \
    "\"tier\":\"BLOCK\",\"place\":{\"vpath\":\"a.txt\",\"role\":\"body\",\"page\":null,"           \
    "\"cell\":\"B7\",\"line\":1,\"offset\":0},\"more\":[{\"vpath\":\"a.txt\",\"role\":\"meta\","   \
    "\"page\":2,\"cell\":null,\"line\":null}],\"count\":3,\"length\":9,\"excerpt\":\"机██\"," \
    "\"fp\":\"00112233445566778899aabbccddeeff\"}\n"
#define OUTCOME_LINE                                                                               \
    "{\"type\":\"outcome\",\"item\":0,\"outcome\":\"limit\",\"reason\":\"limit.depth\","           \
    "\"reached\":9,\"place\":{\"vpath\":\"a.txt\",\"role\":\"body\"}}\n"
#define SUMMARY_LINE                                                                               \
    "{\"type\":\"summary\",\"items\":1,\"bytes\":5,\"findings\":1,\"verdicts\":{\"PASS\":0,"       \
    "\"REVIEW\":0,\"BLOCK\":1,\"NOT-INSPECTED\":0},\"complete\":false,\"exit\":2,\"ms\":1,"        \
    "\"finished\":\"2026-11-25T02:05:57.423422Z\",\"log\":{\"origin\":\"o\",\"size\":9,"           \
    "\"root\":\"r\"}}\n"
#define GOOD RUN_LINE ITEM_LINE RULE_LINE FINDING_LINE OUTCOME_LINE SUMMARY_LINE

typedef struct told {
    size_t runs, items, findings, outcomes, ends;
    bool right; /* words of the finding came through */
} told;

static msh_err on_run(void *ctx, const msh_run_info *run)
{
    ((told *)ctx)->runs += strcmp(run->run_id, "20261125T020556Z-1b78cc1d") == 0;
    return MSH_OK;
}

static msh_err on_item(void *ctx, const msh_item *item, const msh_finding *f, size_t n_findings,
                       const msh_outcome_note *o, size_t n_outcomes)
{
    told *t = ctx;
    t->items++;
    t->findings += n_findings;
    t->outcomes += n_outcomes;
    if (n_findings == 1 && n_outcomes == 1)
        t->right = item->tier_counts[MSH_TIER_BLOCK] == 1 && f->place.cell_row == 7 &&
                   f->place.cell_col == 2 && f->n_more == 1 && f->more[0].page == 2 &&
                   f->more[0].role == MSH_ROLE_META && f->count == 3 &&
                   msh_view_eq_str(f->advice_en, "mend") && msh_view_eq_str(f->rule_name, "标") &&
                   o->reached == 9 && o->outcome == MSH_OUTCOME_LIMIT;
    return MSH_OK;
}

static msh_err on_end(void *ctx, const msh_run_summary *s)
{
    ((told *)ctx)->ends += s->items == 1 && s->log_size == 9 && s->exit == 2;
    return MSH_OK;
}

typedef struct memory {
    msh_view left;
    size_t step;
} memory;

static msh_err take(void *ctx, uint8_t *to, size_t cap, size_t *got)
{
    memory *m = ctx;
    size_t n = m->step < cap ? m->step : cap;
    *got = m->left.len < n ? m->left.len : n;
    if (*got)
        memcpy(to, m->left.data, *got);
    m->left = msh_view_cut(m->left, *got, m->left.len);
    return MSH_OK;
}

static msh_err read_text(msh_view text, size_t step, told *t, msh_error *why)
{
    memory m = {text, step};
    const msh_saved_from from = {&m, take};
    const msh_saved_to to = {t, on_run, on_item, on_end};
    *t = (told){0};
    return msh_saved_read(&from, &to, why);
}

static void a_run_comes_back(void)
{
    static const size_t steps[] = {1, 7, 4096, 1 << 20};
    for (size_t i = 0; i < 4; i++) {
        told t;
        CHECK_INT(read_text(MSH_VIEW(GOOD), steps[i], &t, NULL), MSH_OK);
        CHECK(t.runs == 1 && t.items == 1 && t.findings == 1 && t.outcomes == 1 && t.ends == 1);
        CHECK(t.right);
    }
}

static void later_lines_and_keys_are_passed_over(void)
{
    told t;
    CHECK_INT(read_text(MSH_VIEW(RUN_LINE "{\"type\":\"waiver\",\"x\":{\"y\":[1.5]}}\n" ITEM_LINE
                                     FINDING_LINE SUMMARY_LINE),
                        4096, &t, NULL),
              MSH_OK);
    CHECK_INT(t.findings, 1);
}

/* Every cut is told; none passes for a whole run. */
static void every_cut_is_refused(void)
{
    msh_view all = MSH_VIEW(GOOD);
    for (size_t n = 0; n < all.len; n++) {
        told t;
        CHECK(read_text(msh_view_cut(all, 0, n), 4096, &t, NULL) != MSH_OK);
    }
}

typedef struct change {
    const char *from, *to;
} change;

static const change changes[] = {
    {"\"v\":1", "\"v\":2"},
    {"1b78cc1d", "../../x."},
    {"T02:05:56", "T02-05:56"},
    {"\"n\":0", "\"n\":1"},
    {"\"size\":5", "\"size\":6"},
    {"\"size\":5", "\"size\":-5"},
    {"\"size\":5", "\"size\":5.5"},
    {"\"size\":5", "\"size\":99999999999999999"},
    {"\"sha256\":null", "\"sha256\":\"00\""},
    {"\"verdict\":\"BLOCK\"", "\"verdict\":\"PASS\""},
    {"\"verdict\":\"BLOCK\"", "\"verdict\":\"block\""},
    {"\"outcome\":\"scanned\"", "\"outcome\":\"fine\""},
    {"\"reason\":null", "\"reason\":\"<b>\""},
    {"\"findings\":1,\"ms\"", "\"findings\":0,\"ms\""},
    {"\"item\":0,\"rule\"", "\"item\":1,\"rule\""},
    {"\"rule\":\"x\"", "\"rule\":\"\""},
    {"\"tier\":\"BLOCK\"", "\"tier\":3"},
    {"\"cell\":\"B7\"", "\"cell\":\"7B\""},
    {"\"cell\":\"B7\"", "\"cell\":\"B0\""},
    {"\"cell\":\"B7\"", "\"cell\":\"B99999999999\""},
    {"\"role\":\"meta\"", "\"role\":\"soul\""},
    {"\"count\":3", "\"count\":0"},
    {"\"length\":9", "\"length\":4294967296"},
    {"00112233445566778899aabbccddeeff", "00112233445566778899aabbccddeefg"},
    {"\"reason\":\"limit.depth\"", "\"reason\":7"},
    {"\"items\":1", "\"items\":2"},
    {"\"bytes\":5", "\"bytes\":4"},
    {"\"BLOCK\":1", "\"BLOCK\":0"},
    {"\"complete\":false", "\"complete\":0"},
    {"\"exit\":2", "\"exit\":256"},
    {"{\"origin\"", "{\"0rigin\""},
    {"\"type\":\"rule\"", "\"type\":\"summary\""},
    {"\"type\":\"item\"", "\"type\":\"run\""},
};

static void what_does_not_add_up_is_refused(void)
{
    msh_view all = MSH_VIEW(GOOD);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        msh_view from = msh_view_str(changes[i].from);
        size_t at = msh_view_find(all, from, 0);
        msh_error why = {0};
        msh_buf b;
        told t;
        REQUIRE(at != SIZE_MAX);
        msh_buf_init(&b, 1 << 20);
        msh_buf_put_view(&b, msh_view_cut(all, 0, at));
        msh_buf_put_str(&b, changes[i].to);
        msh_buf_put_view(&b, msh_view_cut(all, at + from.len, all.len));
        msh_err err = read_text(msh_buf_view(&b), 4096, &t, &why);
        if (err == MSH_OK)
            printf("  taken: %s\n", changes[i].to);
        CHECK(err != MSH_OK);
        CHECK(why.text[0] != '\0');
        msh_buf_dispose(&b);
    }
}

static void no_text_of_the_file_is_in_an_error(void)
{
    told t;
    msh_error why = {0};
    CHECK(read_text(MSH_VIEW(RUN_LINE "{\"type\":\"item\",\"n\":\"机密文件\"}\n"), 99, &t, &why) !=
          MSH_OK);
    CHECK(strstr(why.text, "机密") == NULL);
    CHECK(strstr(why.text, "第 2 行") != NULL);
}

static void a_line_has_a_ceiling(void)
{
    msh_buf b;
    told t;
    msh_buf_init(&b, 64 << 20);
    msh_buf_put_str(&b, RUN_LINE "{\"type\":\"");
    for (size_t i = 0; i < 9 << 20; i++)
        msh_buf_put_byte(&b, 'x');
    CHECK_INT(read_text(msh_buf_view(&b), 1 << 20, &t, NULL), MSH_E_LIMIT_BUFFER);
    msh_buf_dispose(&b);
}

#ifdef MSH_TEST_FAULTS
static msh_err keep(void *ctx, msh_view bytes)
{
    msh_buf_put_view(ctx, bytes);
    return MSH_OK;
}

static msh_err in_form(const msh_report_form *form, msh_buf *out)
{
    memory m = {MSH_VIEW(GOOD), 4096};
    msh_report_run r = {.form = form, .out = {out, keep}};
    const msh_saved_from from = {&m, take};
    const msh_saved_to to = msh_saved_to_form(&r);
    msh_err err = msh_saved_read(&from, &to, NULL);
    if (err == MSH_OK)
        err = msh_buf_err(out);
    if (r.self)
        form->dispose(&r);
    return err;
}

/* Each allocation fails once, in every form: an error, or the very same report; never half of one.
 */
static void short_memory_is_an_error(void)
{
    for (size_t i = 0; msh_report_form_at(i); i++) {
        const msh_report_form *form = msh_report_form_at(i);
        msh_buf whole, out;
        msh_buf_init(&whole, 1 << 22);
        msh_buf_init(&out, 1 << 22);
        CHECK_INT(in_form(form, &whole), MSH_OK);
        (void)msh_mem_fail_at(0);
        (void)in_form(form, &out);
        unsigned long made = msh_mem_fail_at(0);
        CHECK(made > 5);
        for (unsigned long n = 1; n <= made; n++) {
            msh_buf_reset(&out);
            (void)msh_mem_fail_at(n);
            msh_err err = in_form(form, &out);
            (void)msh_mem_fail_at(0);
            bool fine = err != MSH_OK || msh_view_eq(msh_buf_view(&out), msh_buf_view(&whole));
            if (!fine)
                printf("  %s: allocation %lu is missed in silence\n", form->name, n);
            CHECK(fine);
        }
        msh_buf_dispose(&whole);
        msh_buf_dispose(&out);
    }
}
#endif

int main(void)
{
    RUN(a_run_comes_back);
    RUN(later_lines_and_keys_are_passed_over);
    RUN(every_cut_is_refused);
    RUN(what_does_not_add_up_is_refused);
    RUN(no_text_of_the_file_is_in_an_error);
    RUN(a_line_has_a_ceiling);
#ifdef MSH_TEST_FAULTS
    RUN(short_memory_is_an_error);
#endif
    return check_result();
}
