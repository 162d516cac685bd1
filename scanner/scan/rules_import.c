/* rules_import.c: a unit's own list of words (CSV from a spreadsheet, UTF-8, GBK or UTF-16) as a
 * rule pack: one rule of kind words for each tier. Notes become comments. Faults are named by line.
 */
#include <mishen/rules.h>

#include "base/err.h"
#include "base/table.h"
#include "base/view.h"
#include "rule/chars.h"
#include "rule/csv.h"
#include "scan/list.h"
#include "text/fold.h"

#include <stdio.h>

enum { TIERS = 4 };

static const struct {
    const char *zh, *en, *id;
} tiers[TIERS] = {{"", "", ""},
                  {"提示", "INFO", "info"},
                  {"复核", "REVIEW", "review"},
                  {"阻断", "BLOCK", "block"}};

/* Printable, on one line. */
static void put_plain(msh_buf *out, msh_view v)
{
    for (size_t i = 0; i < v.len; i++)
        msh_buf_put_byte(out, v.data[i] < ' ' || v.data[i] == 0x7f ? ' ' : v.data[i]);
}

static void put_word(msh_buf *out, msh_view word, msh_view note)
{
    msh_buf_put_str(out, "        - '");
    for (size_t i = 0; i < word.len; i++) {
        if (word.data[i] == '\'')
            msh_buf_put_byte(out, '\'');
        put_plain(out, msh_view_cut(word, i, 1));
    }
    msh_buf_put_str(out, "'");
    if (note.len) {
        msh_buf_put_str(out, "  # ");
        put_plain(out, note);
    }
    msh_buf_put_str(out, "\n");
}

/* 1 … 3, or 0 for a word that is no tier; nothing said is REVIEW. */
static int tier_of(msh_view v)
{
    if (v.len == 0)
        return MSH_TIER_REVIEW;
    for (int t = 1; t < TIERS; t++)
        if (msh_view_eq_str(v, tiers[t].zh) || msh_view_eq_nocase(v, msh_view_str(tiers[t].en)))
            return t;
    return 0;
}

/* What is wrong with a word, NULL when nothing is. */
static const char *fault_of(msh_view word, const char **en)
{
    msh_buf folded;
    msh_buf_init(&folded, 8192);
    bool good = word.len <= 1000 && msh_fold_word(&folded, word);
    size_t chars = good ? msh_chars_count(msh_buf_view(&folded)) : 0;
    msh_buf_dispose(&folded);
    if (msh_csv_is_damaged(word)) {
        *en = "the spreadsheet has lost the text of this cell (format it as text)";
        return "这一格的内容已被表格软件损坏（#N/A 或科学计数法），请把该列设为“文本”后重新填写";
    }
    if (!good) {
        *en = "the word is too long or holds only ignored characters";
        return "词过长，或只含会被忽略的字符";
    }
    *en = "a single character would be found everywhere, write a longer word";
    return chars < 2 ? "只有一个字的词会到处命中，请写长一些" : NULL;
}

/* A row typed with full-width commas: 词，级别，备注. */
static void part_wide(msh_csv *csv)
{
    msh_view wide = MSH_VIEW("，"), all = csv->fields[0];
    size_t first = msh_view_find(all, wide, 0);
    if (csv->quoted[0] || csv->fields[1].len || first == SIZE_MAX)
        return;
    msh_view rest = msh_view_cut(all, first + wide.len, all.len);
    size_t second = msh_view_find(rest, wide, 0);
    csv->fields[0] = msh_view_cut(all, 0, first);
    csv->fields[1] = msh_view_cut(rest, 0, second == SIZE_MAX ? rest.len : second);
    if (second != SIZE_MAX)
        csv->fields[2] = msh_view_cut(rest, second + wide.len, rest.len);
}

typedef struct sorter {
    const char *file;
    msh_buf *lists;
    msh_table *known; /* word → its tier */
    msh_error *why;
} sorter;

static msh_err sort_row(sorter *s, msh_csv *csv)
{
    const char *en = "", *zh;
    int tier = tier_of(csv->fields[1]);
    if ((zh = fault_of(csv->fields[0], &en)) != NULL)
        return msh_list_refuse(s->file, csv->line, zh, en, s->why);
    if (!tier)
        return msh_list_refuse(
            s->file, csv->line,
            "第二列应为 阻断、复核、提示，或空着；如果全角逗号是词的一部分，请给词加英文双引号",
            "the second column is BLOCK, REVIEW, INFO or empty", s->why);
    intptr_t before = (intptr_t)msh_table_get(s->known, csv->fields[0]);
    if (before == tier)
        return MSH_OK;
    if (before)
        return msh_list_refuse(s->file, csv->line, "这个词前面已经有了，级别却不同",
                               "this word stands further up with another tier", s->why);
    void *old;
    if (msh_table_put(s->known, csv->fields[0], (void *)(intptr_t)tier, &old) != MSH_OK)
        return msh_fail(s->why, MSH_E_MEMORY, "内存不足 / out of memory");
    put_word(&s->lists[tier], csv->fields[0], csv->fields[2]);
    return MSH_OK;
}

static msh_err sort_words(const char *file, msh_view bytes, msh_buf lists[TIERS], msh_error *why)
{
    msh_csv csv;
    sorter s = {file, lists, msh_table_new(), why};
    msh_err err = s.known ? MSH_OK : msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
    msh_csv_begin(&csv, bytes);
    while (err == MSH_OK && msh_csv_next(&csv)) {
        part_wide(&csv); /* of the heading, too */
        if (!msh_csv_is_idle(&csv))
            err = sort_row(&s, &csv);
    }
    if (err == MSH_OK && msh_buf_err(&csv.text) != MSH_OK)
        err = msh_list_refuse(file, csv.line, "这一行过长（引号没有成对？）",
                              "the row is too long (quotes?)", why);
    msh_csv_dispose(&csv);
    msh_table_free(s.known, NULL);
    return err;
}

static void put_rule(msh_buf *out, int tier, const msh_buf *list)
{
    msh_buf_printf(
        out,
        "  - id: unit.words-%s\n    name: 本单位词表（%s）\n    name_en: words of the unit "
        "(%s)\n    category: 内部事务\n    tier: %s\n    basis: 本单位词表\n    explain: "
        "出现了本单位词表中的词。\n    advice: 请核对上下文，由本单位确认是否可以公开。\n"
        "    find:\n      kind: words\n      any:\n",
        tiers[tier].id, tiers[tier].zh, tiers[tier].en, tiers[tier].zh);
    msh_buf_put_view(out, msh_buf_view(list));
}

static msh_err make_pack(const char *file, msh_view bytes, msh_buf *out, msh_error *why)
{
    msh_buf lists[TIERS];
    bool any = false;
    for (int t = 0; t < TIERS; t++)
        msh_buf_init(&lists[t], 4 * (size_t)MSH_LIST_MOST);
    msh_err err = sort_words(file, bytes, lists, why);
    msh_buf_put_str(out, "format: 1\npack: {id: unit-words, version: \"1\"}\nrules:\n");
    for (int t = TIERS - 1; t > 0; t--) {
        if (lists[t].len)
            put_rule(out, t, &lists[t]);
        any = any || lists[t].len;
    }
    for (int t = 0; t < TIERS; t++) {
        if (err == MSH_OK && msh_buf_err(&lists[t]) != MSH_OK)
            err = msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
        msh_buf_dispose(&lists[t]);
    }
    return err == MSH_OK && !any ? msh_list_refuse(file, 1, "没有词", "no words", why) : err;
}

msh_err msh_rules_import_csv(const char *file, void (*write)(void *ctx, msh_view part), void *ctx,
                             msh_error *why)
{
    msh_buf text, pack;
    msh_buf_init(&text, 2 * (size_t)MSH_LIST_MOST);
    msh_buf_init(&pack, 16 * (size_t)MSH_LIST_MOST);
    msh_err err = MSH_OK;
    MSH_GUARD(msh_list_read(file, &text, why));
    MSH_GUARD(make_pack(file, msh_buf_view(&text), &pack, why));
    err = msh_buf_err(&pack);
    if (err == MSH_OK)
        write(ctx, msh_buf_view(&pack));
out:
    msh_buf_dispose(&text);
    msh_buf_dispose(&pack);
    return err;
}
