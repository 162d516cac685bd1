/* records.c: bodies of the scan's records in canonical form (RFC 8785: keys in order), audit-log.md
 * section 3. A path that could not be approved is recorded as path_b64 and path_shown; a name in
 * which a rule hit as its token and masked form. */
#define _GNU_SOURCE
#include "scan/records.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/view.h"
#include "crypto/digest.h"
#include "ledger/path.h"
#include "report/place.h"

#include <mishen/version.h>

#include <fcntl.h>
#include <unistd.h>

enum { BODY_CEILING = 60000, LONGEST_PATH = 4096, LISTED_RULES = 200 };

static void begin(msh_json_writer *w, msh_buf *b)
{
    msh_buf_init(b, BODY_CEILING);
    msh_jw_begin(w, b);
    msh_jw_open(w, '{');
}

/* Hand the body to the group. */
static msh_err end(msh_run *r, msh_json_writer *w, msh_buf *b, const char *type, msh_error *why)
{
    msh_jw_close(w, '}');
    msh_err err = msh_buf_err(b);
    if (err == MSH_OK)
        err = msh_log_add(r->log, type, msh_buf_view(b), why);
    else
        err = msh_fail(why, err, "record too large");
    msh_buf_dispose(b);
    return err;
}

static void put_hex(msh_json_writer *w, const char *key, const uint8_t digest[32])
{
    char hex[65];
    msh_hex(hex, msh_view_of(digest, 32));
    msh_jw_kstr(w, key, msh_view_str(hex));
}

/* Digest of the running program, so that a record says which bytes judged. */
static msh_err program_digest(uint8_t out[32])
{
    static const size_t STEP = 256 << 10;
    msh_digest *d = NULL;
    msh_buf b;
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return MSH_E_OPEN;
    msh_buf_init(&b, STEP);
    msh_err err = msh_digest_new(MSH_DIGEST_SHA256, &d);
    uint8_t *room = err == MSH_OK ? msh_buf_room(&b, STEP) : NULL;
    ssize_t n = 0;
    while (room && err == MSH_OK && (n = read(fd, room, STEP)) > 0)
        err = msh_digest_update(d, msh_view_of(room, (size_t)n));
    if (err == MSH_OK)
        err = !room ? MSH_E_MEMORY : n < 0 ? MSH_E_IO : msh_digest_final(d, out, NULL);
    if (d)
        msh_digest_free(d);
    msh_buf_dispose(&b);
    close(fd);
    return err;
}

static void put_packs(msh_run *r, msh_json_writer *w)
{
    msh_jw_key(w, "packs");
    msh_jw_open(w, '[');
    for (size_t i = 0; i < msh_rule_set_packs(r->rules) && i < LISTED_RULES; i++) {
        msh_pack_ref p;
        msh_rule_set_pack(r->rules, i, &p);
        msh_jw_open(w, '{');
        msh_jw_kstr(w, "id", msh_view_cut(p.id, 0, 100));
        put_hex(w, "sha256", p.sha256);
        msh_jw_kstr(w, "version", msh_view_cut(p.version, 0, 40));
        msh_jw_close(w, '}');
    }
    msh_jw_close(w, ']');
}

static msh_err add_config(msh_run *r, msh_error *why)
{
    msh_json_writer w;
    msh_buf b;
    uint8_t program[32];
    msh_err err = program_digest(program);
    if (err != MSH_OK)
        return msh_fail(why, err, "cannot read the running program");
    begin(&w, &b);
    msh_jw_kbool(&w, "inproc", r->options->inproc);
    msh_jw_kstr(&w, "lock", msh_view_str(msh_room_lock_level(r->room)));
    put_packs(r, &w);
    msh_jw_kstr(&w, "policy", msh_view_str(r->policy));
    put_hex(&w, "program", program);
    msh_jw_kbool(&w, "sandbox", !r->options->no_sandbox && !r->options->inproc);
    msh_jw_kstr(&w, "version", msh_view_str(MISHEN_VERSION));
    return end(r, &w, &b, "config", why);
}

msh_err msh_records_begin(msh_run *r, const char *const *roots, size_t n_roots, msh_error *why)
{
    msh_json_writer w;
    msh_buf b;
    MSH_TRY(add_config(r, why));
    MSH_TRY(msh_log_commit(r->log, &r->config, why));
    begin(&w, &b);
    msh_jw_kuint(&w, "config", r->config);
    msh_jw_key(&w, "roots");
    msh_jw_open(&w, '[');
    for (size_t i = 0; i < n_roots && i < 100; i++)
        msh_jw_str(&w, msh_view_cut(msh_view_str(roots[i]), 0, 500));
    msh_jw_close(&w, ']');
    msh_jw_kuint(&w, "roots_n", n_roots);
    msh_jw_kstr(&w, "run", msh_view_str(r->id));
    MSH_TRY(end(r, &w, &b, "scan.begin", why));
    return msh_log_commit(r->log, NULL, why);
}

/* --- items
 * ------------------------------------------------------------------------------------------- */

static void put_base64(msh_json_writer *w, const char *key, msh_view bytes)
{
    msh_buf raw;
    msh_buf_init(&raw, 4 * LONGEST_PATH);
    msh_base64_encode(&raw, bytes);
    msh_jw_kstr(w, key, msh_buf_view(&raw));
    msh_buf_dispose(&raw);
}

/* path, or path_b64 and path_shown, or path_shown and path_tok; keys in canonical order. */
static msh_err put_path(msh_run *r, msh_json_writer *w, const msh_entry *e)
{
    uint8_t mac[32];
    char token[33];
    msh_view shown = msh_view_cut(e->item.path_shown, 0, LONGEST_PATH);
    if (e->item.path_masked) {
        MSH_TRY(msh_hmac_sm3(msh_view_of(r->key, sizeof r->key), e->rel, mac));
        msh_hex(token, msh_view_of(mac, 16));
        msh_jw_kstr(w, "path_shown", shown);
        msh_jw_kstr(w, "path_tok", msh_view_str(token));
    } else if (e->rel.len > LONGEST_PATH || !msh_path_is_plain(e->rel)) {
        put_base64(w, "path_b64", msh_view_cut(e->rel, 0, LONGEST_PATH));
        msh_jw_kstr(w, "path_shown", shown);
    } else {
        msh_jw_kstr(w, "path", e->rel);
    }
    return MSH_OK;
}

/* Digest over the list of findings: fp, rule, tier and count of each, a line each. */
static msh_err findings_digest(const msh_entry *e, uint8_t out[32])
{
    msh_digest *d;
    msh_buf b;
    MSH_TRY(msh_digest_new(MSH_DIGEST_SHA256, &d));
    msh_buf_init(&b, 64 << 10);
    msh_err err = MSH_OK;
    for (size_t i = 0; i < e->n_findings && err == MSH_OK; i++) {
        const msh_finding *f = &e->findings[i];
        msh_buf_reset(&b);
        msh_buf_printf(&b, "%s %d %llu ", f->fp, (int)f->tier, (unsigned long long)f->count);
        msh_buf_put_view(&b, f->rule);
        msh_buf_put_byte(&b, '\n');
        err = msh_buf_err(&b);
        if (err == MSH_OK)
            err = msh_digest_update(d, msh_buf_view(&b));
    }
    if (err == MSH_OK)
        err = msh_digest_final(d, out, NULL);
    msh_buf_dispose(&b);
    msh_digest_free(d);
    return err;
}

static msh_err add_item(msh_run *r, const msh_entry *e, msh_error *why)
{
    msh_json_writer w;
    msh_buf b;
    uint8_t list[32];
    const msh_item *it = &e->item;
    MSH_TRY(findings_digest(e, list));
    begin(&w, &b);
    msh_jw_kuint(&w, "block", it->tier_counts[MSH_TIER_BLOCK]);
    msh_jw_kuint(&w, "config", r->config);
    msh_jw_kuint(&w, "findings", it->findings);
    put_hex(&w, "findings_sha256", list);
    msh_jw_kstr(&w, "format", msh_view_cut(it->format, 0, 32));
    msh_jw_kuint(&w, "info", it->tier_counts[MSH_TIER_INFO]);
    msh_jw_kuint(&w, "item", it->n);
    msh_jw_kstr(&w, "outcome", msh_view_str(msh_outcome_name(it->outcome)));
    MSH_TRY(put_path(r, &w, e));
    if (it->reason.len)
        msh_jw_kstr(&w, "reason", it->reason);
    msh_jw_kuint(&w, "review", it->tier_counts[MSH_TIER_REVIEW]);
    msh_jw_kstr(&w, "run", msh_view_str(r->id));
    if (it->has_sha256)
        put_hex(&w, "sha256", it->sha256);
    msh_jw_kuint(&w, "size", it->size);
    if (it->has_sm3)
        put_hex(&w, "sm3", it->sm3);
    msh_jw_kstr(&w, "verdict", msh_view_str(msh_verdict_name(it->verdict)));
    return end(r, &w, &b, "item", why);
}

static msh_err add_finding(msh_run *r, const msh_entry *e, const msh_finding *f, msh_error *why)
{
    msh_json_writer w;
    msh_buf b;
    char cell[20];
    begin(&w, &b);
    if (f->place.cell_row && f->place.cell_col) {
        msh_place_cell(f->place.cell_row, f->place.cell_col, cell);
        msh_jw_kstr(&w, "cell", msh_view_str(cell));
    }
    msh_jw_kstr(&w, "class", msh_view_cut(f->category, 0, 60));
    msh_jw_kuint(&w, "count", f->count);
    msh_jw_kuint(&w, "item", e->item.n);
    msh_jw_kuint(&w, "length", f->length);
    if (f->place.line)
        msh_jw_kuint(&w, "line", f->place.line);
    if (f->place.offset != MSH_NO_POSITION)
        msh_jw_kuint(&w, "offset", f->place.offset);
    msh_jw_kstr(&w, "pack", msh_view_cut(f->pack, 0, 100));
    msh_jw_kstr(&w, "pack_version", msh_view_cut(f->pack_version, 0, 40));
    if (f->place.page)
        msh_jw_kuint(&w, "page", f->place.page);
    msh_jw_kstr(&w, "role", msh_view_str(msh_role_name(f->place.role)));
    msh_jw_kstr(&w, "rule", msh_view_cut(f->rule, 0, 100));
    msh_jw_kstr(&w, "run", msh_view_str(r->id));
    msh_jw_kstr(&w, "tier", msh_view_str(msh_tier_name(f->tier)));
    msh_jw_kstr(&w, "tok", msh_view_str(f->tok));
    return end(r, &w, &b, "finding", why);
}

msh_err msh_records_item(msh_run *r, const msh_entry *e, msh_error *why)
{
    MSH_TRY(add_item(r, e, why));
    for (size_t i = 0; i < e->n_findings; i++)
        if (e->findings[i].tier >= MSH_TIER_REVIEW)
            MSH_TRY(add_finding(r, e, &e->findings[i], why));
    return MSH_OK;
}

msh_err msh_records_end(msh_run *r, msh_error *why)
{
    msh_json_writer w;
    msh_buf b;
    const msh_run_summary *s = &r->summary;
    begin(&w, &b);
    msh_jw_kuint(&w, "block", s->verdicts[MSH_VERDICT_BLOCK]);
    msh_jw_kuint(&w, "bytes", s->bytes);
    msh_jw_kbool(&w, "complete", s->complete && s->items > 0);
    msh_jw_kint(&w, "exit", s->exit);
    msh_jw_kuint(&w, "items", s->items);
    msh_jw_kuint(&w, "not_inspected", s->verdicts[MSH_VERDICT_NOT_INSPECTED]);
    msh_jw_kuint(&w, "pass", s->verdicts[MSH_VERDICT_PASS]);
    msh_jw_kuint(&w, "review", s->verdicts[MSH_VERDICT_REVIEW]);
    msh_jw_kstr(&w, "run", msh_view_str(r->id));
    msh_jw_kbool(&w, "stopped", s->stopped);
    MSH_TRY(end(r, &w, &b, "scan.end", why));
    return msh_log_commit(r->log, NULL, why);
}
