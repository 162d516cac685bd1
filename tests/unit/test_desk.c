/* Buffers: what a program holds in memory is scanned like a file, in the locked room and without.
 */
#include "check.h"

#include <mishen/buffer.h>

#include "base/mem.h"

typedef struct seen {
    size_t findings, outcomes;
    char rule[64], excerpt[128], reason[64], vpath[128];
} seen;

static void copy(char *out, size_t cap, msh_view v)
{
    snprintf(out, cap, "%.*s", (int)v.len, (const char *)v.data);
}

static void on_finding(void *ctx, const msh_finding *f)
{
    seen *s = ctx;
    if (s->findings++ == 0) {
        copy(s->rule, sizeof s->rule, f->rule);
        copy(s->excerpt, sizeof s->excerpt, f->excerpt);
        copy(s->vpath, sizeof s->vpath, f->place.vpath);
    }
}

static void on_outcome(void *ctx, const msh_outcome_note *n)
{
    seen *s = ctx;
    s->outcomes++;
    copy(s->reason, sizeof s->reason, n->reason);
}

static msh_desk *desk_of(bool inproc, uint64_t size)
{
    msh_options o;
    msh_desk *d = NULL;
    msh_error why;
    msh_options_default(&o);
    o.inproc = inproc;
    o.jobs = 1;
    o.data = MSH_TEST_SOURCE_DIR "/rules";
    if (size)
        o.limits.size = size;
    msh_err err = msh_desk_open(&o, &d, &why);
    if (err == MSH_E_SANDBOX)
        SKIP("no sandbox here");
    REQUIRE(err == MSH_OK);
    return d;
}

static msh_item scan(msh_desk *d, const char *name, const char *text, seen *s)
{
    const msh_desk_events events = {s, on_outcome, on_finding};
    msh_item item = {.verdict = MSH_VERDICT_PASS};
    msh_error why;
    *s = (seen){0};
    CHECK_INT(msh_desk_scan(d, name, msh_view_str(text), &events, &item, &why), MSH_OK);
    return item;
}

static void try_desk(bool inproc)
{
    msh_desk *d = desk_of(inproc, 0);
    seen s;
    msh_item item = scan(d, "a.txt", "机密★20年\n某某厅文件\n", &s);
    CHECK_INT(item.verdict, MSH_VERDICT_BLOCK);
    CHECK_STR(s.rule, "mark.state-secret");
    CHECK_STR(s.vpath, "a.txt");
    CHECK(strstr(s.excerpt, "█") != NULL);
    CHECK_INT(item.size, strlen("机密★20年\n某某厅文件\n"));
    CHECK(item.has_sha256 && item.has_sm3);
    item = scan(d, "b.txt", "今天召开会议。\n", &s);
    CHECK_INT(item.verdict, MSH_VERDICT_PASS);
    CHECK_INT(s.findings, 0);
    CHECK_INT(item.n, 1);
    item = scan(d, "", "", &s);
    CHECK_INT(item.verdict, MSH_VERDICT_PASS);
    CHECK_INT(item.outcome, MSH_OUTCOME_EMPTY);
    /* what is no document of any kind never passes */
    item = scan(d, "c.bin", "\x7f\x01\x02\xff\xfe\x80\x81\x05\x06\x07", &s);
    CHECK_INT(item.verdict, MSH_VERDICT_NOT_INSPECTED);
    CHECK(s.outcomes > 0);
    /* a name that hits is masked where it is shown */
    item = scan(d, "机密★20年.txt", "会议通知\n", &s);
    CHECK_INT(item.verdict, MSH_VERDICT_BLOCK);
    CHECK(item.path_masked);
    msh_desk_close(d);
}

static void in_the_room(void)
{
    try_desk(false);
}

static void in_process(void)
{
    try_desk(true);
}

static void longer_than_the_limit(void)
{
    msh_desk *d = desk_of(true, 8);
    seen s;
    msh_item item = scan(d, "a.txt", "123456789", &s);
    CHECK_INT(item.verdict, MSH_VERDICT_NOT_INSPECTED);
    CHECK_STR(s.reason, "limit.size");
    CHECK_INT(scan(d, "a.txt", "12345678", &s).verdict, MSH_VERDICT_PASS);
    msh_desk_close(d);
}

static void no_callbacks(void)
{
    msh_desk *d = desk_of(true, 0);
    CHECK_INT(msh_desk_scan(d, "a", msh_view_str("机密★20年"), NULL, NULL, NULL), MSH_OK);
    msh_desk_close(d);
    msh_desk_close(NULL);
}

/* Each allocation refused in turn: no answer, or one that does not pass. */
static void short_of_memory(void)
{
#ifdef MSH_TEST_FAULTS
    msh_desk *d = desk_of(true, 0);
    unsigned long n = 1, made;
    do {
        msh_item item = {.verdict = MSH_VERDICT_PASS};
        (void)msh_mem_fail_at(n);
        msh_err err = msh_desk_scan(d, "机密.txt", msh_view_str("会议纪要\n今天召开会议。\n"), NULL,
                                    &item, NULL);
        made = msh_mem_fail_at(0);
        if (made >= n)
            CHECK(err != MSH_OK || item.verdict != MSH_VERDICT_PASS);
    } while (made >= n++ && n < 5000);
    CHECK(n > 5 && n < 5000);
    msh_desk_close(d);
#endif
}

static void refused_options(void)
{
    msh_options o = {.version = 0};
    msh_desk *d = NULL;
    msh_error why;
    CHECK_INT(msh_desk_open(&o, &d, &why), MSH_E_OPTION);
    CHECK(d == NULL);
    msh_options_default(&o);
    o.data = MSH_TEST_BINARY_DIR "/none";
    CHECK(msh_desk_open(&o, &d, &why) != MSH_OK);
    CHECK(d == NULL);
}

int main(void)
{
    RUN(in_process);
    RUN(longer_than_the_limit);
    RUN(no_callbacks);
    RUN(short_of_memory);
    RUN(refused_options);
    RUN(in_the_room);
    return check_result();
}
