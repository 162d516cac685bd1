/* bodies.c: what the log says of an item (audit-log.md section 3), keys in canonical order.
 * Refuses to carry document text: a finding is class, rule, place, length, count and token. */
#include "ledger/record.h"

#include "base/escape.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/view.h"
#include "base/base64.h"
#include "crypto/digest.h"
#include "ledger/path.h"

#include <inttypes.h>
#include <stdio.h>

enum { RULES_BYTES = 32 << 10, SCRATCH = 1 << 20 };

/* Any bytes as canonical text; what is not UTF-8 is shown escaped. */
static void put_text(msh_json_writer *w, const char *key, msh_view v)
{
    msh_jw_key(w, key);
    if (msh_view_is_utf8(v) && (v.len == 0 || !memchr(v.data, 0, v.len))) {
        msh_json_canonical_str(w->out, v);
    } else {
        msh_buf shown;
        msh_buf_init(&shown, SCRATCH);
        msh_escape_terminal(&shown, v);
        msh_json_canonical_str(w->out, msh_buf_view(&shown));
        if (msh_buf_err(&shown) != MSH_OK)
            w->out->err = msh_buf_err(&shown);
        msh_buf_dispose(&shown);
    }
    w->need_comma = true;
}

static void put_name(msh_json_writer *w, const char *key, const char *text)
{
    put_text(w, key, msh_view_str(text));
}

static void put_hex(msh_json_writer *w, const char *key, const uint8_t hash[32])
{
    char hex[65];
    msh_hex32(hash, hex);
    put_name(w, key, hex);
}

static void put_base64(msh_json_writer *w, const char *key, msh_view v)
{
    msh_jw_key(w, key);
    msh_buf_put_byte(w->out, '"');
    msh_base64_encode(w->out, v);
    msh_buf_put_byte(w->out, '"');
    w->need_comma = true;
}

static void put_shown(msh_json_writer *w, const char *key, msh_view v)
{
    msh_buf shown;
    msh_buf_init(&shown, SCRATCH);
    msh_escape_terminal(&shown, v);
    put_text(w, key, msh_buf_view(&shown));
    msh_buf_dispose(&shown);
}

static int by_rule(const void *a, const void *b)
{
    const msh_finding *const *x = a, *const *y = b;
    return msh_json_key_cmp((*x)->rule, (*y)->rule);
}

/* {"rule":occurrences,…} in the order of keys; never quadratic. What does not fit is only counted.
 */
static void put_rules(msh_json_writer *w, const msh_finding *findings, size_t n)
{
    size_t total, i = 0;
    const msh_finding **rows = msh_mul_size(n, sizeof *rows, &total) ? msh_alloc(total) : NULL;
    if (!rows) {
        w->out->err = MSH_E_MEMORY;
        return;
    }
    for (size_t k = 0; k < n; k++)
        rows[k] = &findings[k];
    qsort(rows, n, sizeof *rows, by_rule);
    size_t from = w->out->len;
    msh_jw_key(w, "rules");
    msh_jw_open(w, '{');
    while (i < n && w->out->len - from < RULES_BYTES) {
        msh_view rule = rows[i]->rule;
        uint64_t count = 0;
        for (; i < n && msh_view_eq(rows[i]->rule, rule); i++)
            count += rows[i]->count;
        if (w->need_comma)
            msh_buf_put_byte(w->out, ',');
        msh_json_canonical_str(w->out, rule);
        msh_buf_printf(w->out, ":%" PRIu64, count);
        w->need_comma = true;
    }
    msh_jw_close(w, '}');
    if (i < n)
        msh_jw_kuint(w, "rules_more", n - i);
    msh_free(rows);
}

static void put_path(msh_json_writer *w, const msh_item *item, msh_view rel, const char *name_tok)
{
    if (item->path_masked) {
        put_shown(w, "path_shown", item->path_shown);
        put_name(w, "path_tok", name_tok ? name_tok : "");
    } else if (msh_path_is_plain(rel)) {
        put_text(w, "path", rel);
    } else {
        put_base64(w, "path_b64", rel);
        put_shown(w, "path_shown", rel);
    }
}

/* SHA-256 over the finding bodies, each with a line feed. */
static msh_err findings_digest(const msh_record_run *run, uint64_t item,
                               const msh_finding *findings, size_t n, uint8_t out[32])
{
    msh_digest *d;
    msh_buf line;
    msh_buf_init(&line, SCRATCH);
    msh_err err = msh_digest_new(MSH_DIGEST_SHA256, &d);
    for (size_t i = 0; i < n && err == MSH_OK; i++) {
        msh_buf_reset(&line);
        msh_record_finding(&line, run, item, &findings[i]);
        msh_buf_put_byte(&line, '\n');
        err = msh_buf_err(&line);
        if (err == MSH_OK)
            err = msh_digest_update(d, msh_buf_view(&line));
    }
    if (err == MSH_OK)
        err = msh_digest_final(d, out, NULL);
    msh_digest_free(d);
    msh_buf_dispose(&line);
    return err;
}

void msh_record_item(msh_buf *out, const msh_record_run *run, const msh_item *item, msh_view rel,
                     const msh_finding *findings, size_t n_findings, const char *name_tok)
{
    msh_json_writer w;
    uint8_t digest[32];
    msh_err err = findings_digest(run, item->n, findings, n_findings, digest);
    if (err != MSH_OK) {
        out->err = err;
        return;
    }
    msh_jw_begin(&w, out);
    msh_jw_open(&w, '{');
    msh_jw_kuint(&w, "config", run->config);
    if (item->covered)
        msh_jw_kuint(&w, "covered", item->statement);
    msh_jw_kuint(&w, "findings", item->findings);
    put_hex(&w, "findings_sha256", digest);
    put_text(&w, "format", item->format);
    msh_jw_kuint(&w, "item", item->n);
    put_name(&w, "outcome", msh_outcome_name(item->outcome));
    put_path(&w, item, rel, name_tok);
    if (item->reason.len)
        put_text(&w, "reason", item->reason);
    put_rules(&w, findings, n_findings);
    put_name(&w, "run", run->run);
    if (item->has_sha256)
        put_hex(&w, "sha256", item->sha256);
    msh_jw_kuint(&w, "size", item->size);
    if (item->has_sm3)
        put_hex(&w, "sm3", item->sm3);
    put_name(&w, "verdict", msh_verdict_name(item->verdict));
    if (item->waived)
        msh_jw_kuint(&w, "waived", item->waived);
    msh_jw_close(&w, '}');
}

/* "B7" */
static void put_cell(msh_json_writer *w, const msh_place *p)
{
    char cell[32], letters[8];
    size_t n = 0;
    for (uint32_t col = p->cell_col; col > 0 && n < sizeof letters; col = (col - 1) / 26)
        letters[n++] = (char)('A' + (col - 1) % 26);
    size_t k = 0;
    while (n > 0)
        cell[k++] = letters[--n];
    (void)snprintf(cell + k, sizeof cell - k, "%" PRIu32, p->cell_row);
    put_name(w, "cell", cell);
}

/* What stands behind the first '!' that is not escaped: the part within the item. */
static msh_view part_of(msh_view vpath)
{
    for (size_t i = 0; i < vpath.len; i++) {
        if (vpath.data[i] == '\\')
            i++;
        else if (vpath.data[i] == '!')
            return msh_view_cut(vpath, i + 1, vpath.len);
    }
    return (msh_view){NULL, 0};
}

static void put_place(msh_json_writer *w, const msh_place *p)
{
    msh_view part = part_of(p->vpath);
    msh_jw_key(w, "place");
    msh_jw_open(w, '{');
    if (p->cell_row && p->cell_col)
        put_cell(w, p);
    if (p->column)
        msh_jw_kuint(w, "column", p->column);
    if (p->line)
        msh_jw_kuint(w, "line", p->line);
    if (p->offset < 1ull << 53)
        msh_jw_kuint(w, "offset", p->offset);
    if (p->page)
        msh_jw_kuint(w, "page", p->page);
    if (part.len)
        put_shown(w, "part", part);
    put_name(w, "role", msh_role_name(p->role));
    if (p->sheet.len)
        put_shown(w, "sheet", p->sheet);
    msh_jw_close(w, '}');
}

void msh_record_finding(msh_buf *out, const msh_record_run *run, uint64_t item,
                        const msh_finding *f)
{
    msh_json_writer w;
    msh_jw_begin(&w, out);
    msh_jw_open(&w, '{');
    put_text(&w, "class", f->category);
    msh_jw_kuint(&w, "count", f->count);
    if (f->fp[0])
        put_name(&w, "fp", f->fp);
    msh_jw_kuint(&w, "item", item);
    msh_jw_kuint(&w, "length", f->length);
    put_text(&w, "pack", f->pack);
    put_text(&w, "pack_version", f->pack_version);
    put_place(&w, &f->place);
    put_text(&w, "rule", f->rule);
    put_name(&w, "run", run->run);
    put_name(&w, "tier", msh_tier_name(f->tier));
    put_name(&w, "tok", f->tok);
    if (f->waived)
        msh_jw_kuint(&w, "waived", f->waiver);
    msh_jw_close(&w, '}');
}
