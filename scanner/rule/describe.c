/* describe.c: a rule's conditions in words, for `mishen rules explain`: what it looks for, where,
 * in what company, how often, when, on which medium. Words of the pack only. */
#include "rule/pack.h"
#include "rule/rules.h"

#include "base/view.h"

#include <string.h>

enum { WORDS_SHOWN = 30 };

typedef struct teller {
    const msh_rule *r;
    msh_lang lang;
    msh_buf *out;
} teller;

static void say(const teller *t, const char *zh, const char *en)
{
    msh_buf_put_str(t->out, t->lang == MSH_LANG_EN ? en : zh);
}

static void say_words(const teller *t, const msh_word_list *w)
{
    for (size_t i = 0; i < w->n && i < WORDS_SHOWN; i++) {
        if (i)
            say(t, "、", ", ");
        msh_buf_put_view(t->out, w->words[i]);
    }
    if (w->n > WORDS_SHOWN)
        msh_buf_printf(t->out, t->lang == MSH_LANG_EN ? " … (%zu)" : " …（共 %zu 个）", w->n);
}

static void say_where(const teller *t)
{
    static const struct {
        unsigned bit;
        const char *zh, *en;
    } places[] = {{MSH_WHERE_HEAD, "首页开头", "the head of the first page"},
                  {MSH_WHERE_EDGE, "页眉页脚", "headers and footers"},
                  {MSH_WHERE_NAME, "文件名", "names"},
                  {MSH_WHERE_META, "文档属性", "properties"}};
    bool any = false;
    if (!t->r->where)
        return;
    say(t, "位置：", "where: ");
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (!(t->r->where & places[i].bit))
            continue;
        say(t, any ? "、" : "只看", any ? ", " : "only ");
        say(t, places[i].zh, places[i].en);
        any = true;
    }
    if (t->r->where & MSH_WHERE_LINE) {
        say(t, any ? "，" : "", any ? ", " : "");
        say(t, "须单独成行", "alone on its line");
    }
    say(t, "\n", "\n");
}

static void say_near(const teller *t)
{
    if (!t->r->near.n)
        return;
    msh_buf_printf(t->out,
                   t->lang == MSH_LANG_EN ? "near: within %zu characters one of: "
                                          : "附近：前后 %zu 字内须有其一：",
                   t->r->near_within);
    say_words(t, &t->r->near);
    say(t, "\n", "\n");
}

static void say_exception(const teller *t, const msh_word_list *w, const char *zh, const char *en)
{
    if (!w->n)
        return;
    msh_buf_printf(t->out, t->lang == MSH_LANG_EN ? en : zh, t->r->except_within);
    say_words(t, w);
    say(t, "\n", "\n");
}

static void say_except(const teller *t)
{
    const msh_rule *r = t->r;
    if (r->except_quoted)
        say(t, "例外：写在引号、书名号里的\n", "except: between quotation marks\n");
    say_exception(t, &r->before, "例外：前面 %zu 字内有：", "except: within %zu before it: ");
    say_exception(t, &r->after, "例外：后面 %zu 字内有：", "except: within %zu after it: ");
    if (r->around.n) {
        say(t, "例外：它是这些词的一部分：", "except: part of: ");
        say_words(t, &r->around);
        say(t, "\n", "\n");
    }
    if (r->except_tier) {
        say(t, "例外的处理：降为 ", "exceptions become ");
        msh_buf_put_str(t->out, msh_tier_text(r->except_tier, t->lang));
        say(t, "\n", "\n");
    }
}

static void say_date(const teller *t, uint32_t date)
{
    msh_buf_printf(t->out, "%04u-%02u-%02u", date / 10000, date / 100 % 100, date % 100);
}

static void say_rest(const teller *t)
{
    const msh_rule *r = t->r;
    static const char *const zh[] = {"", "网站", "外发"}, *const en[] = {"", "site", "outbox"};
    if (r->count > 1)
        msh_buf_printf(t->out,
                       t->lang == MSH_LANG_EN ? "count: at least %llu in one file%s\n"
                                              : "数量：一个文件里至少 %llu 处%s\n",
                       (unsigned long long)r->count,
                       !r->distinct             ? ""
                       : t->lang == MSH_LANG_EN ? ", different ones"
                                                : "（内容不同的）");
    for (int i = 1; i < MSH_MEDIA; i++)
        if (r->info.tiers[i]) {
            msh_buf_printf(t->out, "%s%s ", t->lang == MSH_LANG_EN ? "medium: " : "载体：",
                           t->lang == MSH_LANG_EN ? en[i] : zh[i]);
            msh_buf_put_str(t->out, msh_tier_text(r->info.tiers[i], t->lang));
            say(t, "\n", "\n");
        }
    if (r->info.valid_from || r->info.valid_to) {
        say(t, "有效期：", "valid: ");
        if (r->info.valid_from)
            say_date(t, r->info.valid_from);
        say(t, " 至 ", " to ");
        if (r->info.valid_to)
            say_date(t, r->info.valid_to);
        say(t, "\n", "\n");
    }
}

void msh_rules_describe(const msh_rules *r, size_t i, msh_lang lang, msh_buf *out)
{
    const teller t = {&r->rules[i], lang, out};
    say_where(&t);
    say_near(&t);
    say_except(&t);
    say_rest(&t);
}

void msh_rules_case(const msh_rules *r, size_t i, size_t k, msh_rule_example *out)
{
    const msh_rule_case *c = &r->rules[i].cases[k];
    *out = (msh_rule_example){c->text, c->expect, c->role, c->medium, c->line};
}
