/* rules_import.c: a unit's own list of words (CSV from a spreadsheet, UTF-8 or GBK) as a rule pack:
 * one rule of kind words for each tier. Notes become comments. */
#include <mishen/rules.h>

#include "base/err.h"
#include "base/file.h"
#include "base/view.h"
#include "rule/csv.h"
#include "text/charset.h"
#include "text/fold.h"

#include <stdio.h>

enum { TIERS = 4, CEILING = 16 << 20 };

static const struct {
    const char *zh, *en, *id;
} tiers[TIERS] = {{"", "", ""},
                  {"提示", "INFO", "info"},
                  {"复核", "REVIEW", "review"},
                  {"阻断", "BLOCK", "block"}};

static msh_err refuse(const char *file, size_t line, const char *zh, const char *en, msh_error *why)
{
    return msh_fail(why, MSH_E_RULES, "%.120s:%zu:1: 错误：%s / error: %s", file, line, zh, en);
}

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

static bool is_word(msh_view word)
{
    msh_buf folded;
    msh_buf_init(&folded, 8192);
    bool good = word.len <= 1000 && msh_fold_word(&folded, word);
    msh_buf_dispose(&folded);
    return good;
}

static msh_err sort_words(const char *file, msh_view bytes, msh_buf lists[TIERS], msh_error *why)
{
    msh_csv csv;
    msh_err err = MSH_OK;
    msh_csv_begin(&csv, bytes);
    while (err == MSH_OK && msh_csv_next(&csv)) {
        int tier = tier_of(csv.fields[1]);
        if (msh_csv_is_idle(&csv))
            continue;
        if (!is_word(csv.fields[0]))
            err = refuse(file, csv.line, "词过长，或只含会被忽略的字符",
                         "the word is too long or holds only ignored characters", why);
        else if (!tier)
            err = refuse(file, csv.line, "第二列应为 阻断、复核、提示，或空着",
                         "the second column is BLOCK, REVIEW, INFO or empty", why);
        else
            put_word(&lists[tier], csv.fields[0], csv.fields[2]);
    }
    if (err == MSH_OK && msh_buf_err(&csv.text) != MSH_OK)
        err = refuse(file, csv.line, "这一行过长（引号没有成对？）",
                     "the row is too long (quotes?)", why);
    msh_csv_dispose(&csv);
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
        msh_buf_init(&lists[t], 4 * (size_t)CEILING);
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
    return err == MSH_OK && !any ? refuse(file, 1, "没有词", "no words", why) : err;
}

/* Spreadsheets save GBK where UTF-8 is not asked for. */
static msh_err to_utf8(const char *file, const msh_buf *in, msh_buf *out, msh_error *why)
{
    size_t used;
    uint64_t bad = 0;
    if (msh_view_is_utf8(msh_buf_view(in))) {
        msh_buf_put_view(out, msh_buf_view(in));
        return MSH_OK;
    }
    msh_charset_decode(MSH_CS_GB18030, msh_buf_view(in), true, out, &used, &bad);
    return bad ? refuse(file, 1, "编码既不是 UTF-8 也不是 GBK", "neither UTF-8 nor GBK", why)
               : MSH_OK;
}

msh_err msh_rules_import_csv(const char *file, void (*write)(void *ctx, msh_view part), void *ctx,
                             msh_error *why)
{
    msh_buf raw, text, pack;
    msh_buf_init(&raw, CEILING);
    msh_buf_init(&text, 2 * (size_t)CEILING);
    msh_buf_init(&pack, 16 * (size_t)CEILING);
    msh_err err = MSH_OK;
    MSH_GUARD(msh_file_read(file, &raw, why));
    MSH_GUARD(to_utf8(file, &raw, &text, why));
    MSH_GUARD(make_pack(file, msh_buf_view(&text), &pack, why));
    err = msh_buf_err(&pack);
    if (err == MSH_OK)
        write(ctx, msh_buf_view(&pack));
out:
    msh_buf_dispose(&raw);
    msh_buf_dispose(&text);
    msh_buf_dispose(&pack);
    return err;
}
