/* rules_explain.c: mishen rules explain ID: what a rule says, what it needs, its tests. */
#include "cli/rules_verbs.h"

#include <string.h>

enum { FIND_SHOWN = 900 };

static void field(const char *name, msh_view zh, msh_view en)
{
    if (zh.len + en.len == 0)
        return;
    printf("%s", name);
    cli_rules_put(zh);
    putchar('\n');
    if (en.len) {
        printf("        ");
        cli_rules_put(en);
        putchar('\n');
    }
}

/* Lines, each put safely behind blanks. */
static void put_lines(const char *first, msh_view v)
{
    const char *lead = first;
    for (size_t at = 0; at < v.len;) {
        const uint8_t *end = memchr(v.data + at, '\n', v.len - at);
        size_t len = end ? (size_t)(end - v.data) - at : v.len - at;
        printf("%s", lead);
        cli_rules_put((msh_view){v.data + at, len});
        putchar('\n');
        at += len + 1;
        lead = "        ";
    }
}

static void put_condition_lines(void *ctx, msh_view part)
{
    put_lines(cli_tr(ctx, "条件：  ", "needs:  "), part);
}

static void put_find(const cli_args *a, msh_view find)
{
    msh_view shown = find;
    if (shown.len > FIND_SHOWN) {
        shown.len = FIND_SHOWN;
        while (shown.len && (find.data[shown.len] & 0xc0) == 0x80)
            shown.len--;
    }
    printf("%s", cli_tr(a, "查找：  ", "finds:  "));
    cli_rules_put(shown);
    printf("%s\n", shown.len < find.len ? " …" : "");
}

static void put_tests(const cli_args *a, const msh_rule_set *s, size_t i, size_t n)
{
    printf(cli_tr(a, "测试：  %zu 条\n", "tests:  %zu\n"), n);
    for (size_t k = 0; k < n; k++) {
        msh_rule_example e;
        msh_rule_set_test_get(s, i, k, &e);
        printf("  [%s]", e.expect ? msh_tier_text(e.expect, a->options.lang)
                                  : cli_tr(a, "不应命中", "nothing"));
        if (e.role != MSH_ROLE_BODY)
            printf("[%s]", msh_role_text(e.role, a->options.lang));
        if (e.medium != MSH_MEDIUM_ANY)
            printf("[%s]", e.medium == MSH_MEDIUM_SITE ? "site" : "outbox");
        putchar(' ');
        for (size_t at = 0; at < e.text.len; at++)
            if (e.text.data[at] == '\n')
                printf("%s", at + 1 < e.text.len ? "⏎" : "");
            else if (e.text.data[at] == '\t')
                printf("⇥");
            else {
                size_t end = at + 1;
                while (end < e.text.len && e.text.data[end] != '\n' && e.text.data[end] != '\t')
                    end++;
                cli_rules_put((msh_view){e.text.data + at, end - at});
                at = end - 1;
            }
        putchar('\n');
    }
}

static int explain_one(const cli_args *a, const msh_rule_set *s, size_t i, const msh_rule_view *r)
{
    const msh_view none = {NULL, 0};
    cli_rules_put(r->id);
    printf("  [%s / %s]\n", msh_tier_text(r->tier, MSH_LANG_ZH), msh_tier_name(r->tier));
    field(cli_tr(a, "名称：  ", "name:   "), r->name, r->name_en);
    field(cli_tr(a, "类别：  ", "about:  "), r->category, none);
    field(cli_tr(a, "依据：  ", "basis:  "), r->basis, r->basis_en);
    put_lines("        ", r->laws);
    field(cli_tr(a, "说明：  ", "why:    "), r->explain, r->explain_en);
    field(cli_tr(a, "办法：  ", "do:     "), r->advice, r->advice_en);
    put_find(a, r->find);
    if (msh_rule_set_describe(s, i, a->options.lang, put_condition_lines, (void *)a) != MSH_OK)
        return MSH_EXIT_STATE;
    field(cli_tr(a, "规则包：", "pack:   "), r->pack, none);
    field(cli_tr(a, "版本：  ", "version:"), r->pack_version, none);
    put_tests(a, s, i, r->n_tests);
    return cli_rules_ended(a, 0);
}

int cli_rules_explain(const cli_args *a, const msh_rule_set *s)
{
    for (size_t i = 0; a->n_words > 1 && i < msh_rule_set_count(s); i++) {
        msh_rule_view r;
        msh_rule_set_get(s, i, &r);
        if (r.id.len == strlen(a->words[1]) && memcmp(r.id.data, a->words[1], r.id.len) == 0)
            return explain_one(a, s, i, &r);
    }
    return cli_usage(a, "没有这条规则；用 mishen rules list 查看全部规则",
                     "there is no such rule; mishen rules list shows all");
}
