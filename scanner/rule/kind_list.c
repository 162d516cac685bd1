/* kind_list.c: {kind: list, file: words.csv}: a list beside the pack, one word a line, the first
 * column of a CSV (RFC 4180). Lines that begin with # and a heading 词, 词语, 关键词 or word are
 * left out; what folds to nothing is refused with its line. */
#include "rule/csv.h"
#include "rule/words.h"

#include "base/err.h"
#include "base/view.h"

#include <stdio.h>

static msh_err refuse_line(const msh_kind_compile *c, msh_node *at, size_t line, msh_error *why)
{
    char zh[160], en[120];
    (void)snprintf(zh, sizeof zh, "词表第 %zu 行：词过长，或只含会被忽略的字符", line);
    (void)snprintf(en, sizeof en, "line %zu of the list: too long, or only ignored characters",
                   line);
    return c->refuse(c->ctx, at, zh, en, why);
}

static msh_err read_words(const msh_kind_compile *c, msh_node *at, msh_view bytes, msh_words *w,
                          msh_error *why)
{
    msh_csv csv;
    msh_csv_begin(&csv, bytes);
    msh_err err = MSH_OK;
    while (err == MSH_OK && msh_csv_next(&csv)) {
        bool usable = true;
        if (msh_csv_is_idle(&csv))
            continue;
        err = msh_words_add(c, w, csv.fields[0], &usable);
        if (err == MSH_E_RULES)
            err = c->refuse(c->ctx, at, "词太多", "too many words", why);
        else if (err == MSH_OK && !usable)
            err = refuse_line(c, at, csv.line, why);
    }
    if (err == MSH_OK && msh_buf_err(&csv.text) != MSH_OK)
        err = refuse_line(c, at, csv.line, why);
    msh_csv_dispose(&csv);
    return err;
}

static msh_err compile(const msh_kind_compile *c, msh_node *find, void **state, msh_error *why)
{
    msh_view file = {NULL, 0};
    MSH_TRY(msh_node_text(c, find, "file", &file, why));
    if (file.len == 0)
        return c->refuse(c->ctx, find, "list 需要 file：词表文件名",
                         "list needs file: the name of a list", why);
    msh_node *at = msh_node_get(find, "file");
    msh_words *w = msh_words_new(c);
    if (!w)
        return msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
    msh_buf csv;
    msh_buf_init(&csv, (size_t)c->limits->rule_file);
    msh_err err = c->read_list(c->ctx, file, &csv, why);
    if (err == MSH_OK && !msh_view_is_utf8(msh_buf_view(&csv)))
        err = c->refuse(c->ctx, at, "词表不是 UTF-8 编码（可能是 GBK），请另存为 UTF-8",
                        "the list is not UTF-8 (GBK?), save it as UTF-8", why);
    if (err == MSH_OK)
        err = read_words(c, at, msh_buf_view(&csv), w, why);
    if (err == MSH_OK && w->n == 0)
        err = c->refuse(c->ctx, at, "词表里没有词", "there are no words in the list", why);
    msh_buf_dispose(&csv);
    *state = w;
    return err;
}

extern const msh_kind msh_kind_list;
const msh_kind msh_kind_list = {.name = "list",
                                .views = 1u << MSH_VIEW_FOLDED | 1u << MSH_VIEW_JOINED,
                                .hits_only = true,
                                .compile = compile,
                                .scan = msh_words_scan};
