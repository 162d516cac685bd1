/* rules_digest.c: `mishen rules digest`: a list of titles and numbers (CSV: title, last day) to a
 * register of keyed digests (rule/register.h). The text goes nowhere. */
#include <mishen/rules.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "crypto/keyfile.h"
#include "crypto/random.h"
#include "rule/csv.h"
#include "rule/pack_inner.h"
#include "rule/register.h"
#include "scan/list.h"
#include "scan/state.h"

#include <stdio.h>

enum { SALT = 16 };

static msh_err put_rows(const char *file, msh_view text, const msh_register_keys *keys,
                        msh_buf *out, size_t *n, msh_error *why)
{
    msh_csv csv;
    msh_err err = MSH_OK;
    msh_csv_begin(&csv, text);
    while (err == MSH_OK && msh_csv_next(&csv)) {
        msh_view until = csv.fields[1];
        if (msh_csv_is_idle(&csv))
            continue;
        if (msh_csv_is_damaged(csv.fields[0]))
            err =
                msh_list_refuse(file, csv.line, "这一格的内容已被表格软件损坏，请设为“文本”后重填",
                                "the spreadsheet has lost the text of this cell", why);
        else if (until.len && !msh_date_of(until))
            err =
                msh_list_refuse(file, csv.line, "第二列应为截止日期，如 2026-12-31，或空着",
                                "the second column is the last day, as 2026-12-31, or empty", why);
        else if (!msh_register_put(out, keys, csv.fields[0], until))
            err = msh_list_refuse(file, csv.line,
                                  "标题或文号去掉标点后应有 6 至 200 个字，过短会误报",
                                  "a title has 6 to 200 letters, digits or characters", why);
        else
            ++*n;
    }
    if (err == MSH_OK && msh_buf_err(&csv.text) != MSH_OK)
        err = msh_list_refuse(file, csv.line, "这一行过长（引号没有成对？）",
                              "the row is too long (quotes?)", why);
    if (err == MSH_OK && *n == 0)
        err = msh_list_refuse(file, 1, "没有标题", "no titles", why);
    if (csv.text.data)
        msh_wipe(csv.text.data, csv.text.len);
    msh_csv_dispose(&csv);
    return err;
}

static msh_err make_keys(const msh_options *options, uint8_t salt[SALT], msh_register_keys *keys,
                         msh_error *why)
{
    char state[MSH_STATE_PATH], path[MSH_STATE_PATH + 32];
    uint8_t key[MSH_REGISTER_KEY];
    MSH_TRY(msh_state_path(options, state, why));
    MSH_TRY(msh_state_prepare(state, why));
    (void)snprintf(path, sizeof path, "%s/register.key", state);
    MSH_TRY(msh_keyfile_secret(path, key, why));
    msh_err err = msh_random_fill(salt, SALT);
    if (err == MSH_OK)
        msh_register_derive(key, msh_view_of(salt, SALT), keys);
    msh_wipe(key, sizeof key);
    return err;
}

msh_err msh_rules_digest(const msh_options *options, const char *file,
                         void (*write)(void *ctx, msh_view part), void *ctx, size_t *n,
                         msh_error *why)
{
    msh_buf text, out;
    uint8_t salt[SALT];
    msh_register_keys keys;
    msh_err err = MSH_OK;
    *n = 0;
    msh_buf_init(&text, 2 * (size_t)MSH_LIST_MOST);
    msh_buf_init(&out, 8 * (size_t)MSH_LIST_MOST);
    MSH_GUARD(msh_list_read(file, &text, why));
    MSH_GUARD(make_keys(options, salt, &keys, why));
    msh_register_put_head(&out, &keys, msh_view_of(salt, SALT));
    MSH_GUARD(put_rows(file, msh_buf_view(&text), &keys, &out, n, why));
    MSH_GUARD(msh_buf_err(&out));
    write(ctx, msh_buf_view(&out));
out:
    msh_wipe(&keys, sizeof keys);
    if (text.data)
        msh_wipe(text.data, text.len);
    msh_buf_dispose(&text);
    msh_buf_dispose(&out);
    return err;
}
