/* records.c: bodies of the scan's records in canonical form (RFC 8785: keys in order), audit-log.md
 * section 3. A path that could not be approved is recorded as path_b64 and path_shown; a name in
 * which a rule hit as its token and masked form. */
#define _GNU_SOURCE
#include "scan/records.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/self.h"
#include "base/view.h"
#include "crypto/digest.h"
#include "ledger/record.h"

#include <mishen/version.h>

#include <fcntl.h>
#include <unistd.h>

enum { BODY_CEILING = 60000, LISTED_RULES = 200 };

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
    char self[MSH_SELF_PATH];
    int fd = msh_self_path(self) ? open(self, O_RDONLY | O_CLOEXEC) : -1;
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

msh_err msh_records_config(msh_run *r, msh_error *why)
{
    MSH_TRY(add_config(r, why));
    return msh_log_commit(r->log, &r->config, why);
}

/* What is left out is said where it is said what is looked at. */
static void put_excludes(const msh_run *r, msh_json_writer *w)
{
    if (r->options->n_exclude == 0)
        return;
    msh_jw_key(w, "exclude");
    msh_jw_open(w, '[');
    for (size_t i = 0; i < r->options->n_exclude && i < 100; i++)
        msh_jw_str(w, msh_view_cut(msh_view_str(r->options->exclude[i]), 0, 100));
    msh_jw_close(w, ']');
}

msh_err msh_records_first(msh_run *r, const char *const *roots, size_t n_roots, msh_error *why)
{
    msh_json_writer w;
    msh_buf b;
    begin(&w, &b);
    msh_jw_kuint(&w, "config", r->config);
    put_excludes(r, &w);
    if (r->options->profile && r->options->profile[0])
        msh_jw_kstr(&w, "profile", msh_view_cut(msh_view_str(r->options->profile), 0, 100));
    if (r->purpose)
        msh_jw_kstr(&w, "purpose", msh_view_str(r->purpose));
    msh_jw_key(&w, "roots");
    msh_jw_open(&w, '[');
    for (size_t i = 0; i < n_roots && i < 100; i++)
        msh_jw_str(&w, msh_view_cut(msh_view_str(roots[i]), 0, 500));
    msh_jw_close(&w, ']');
    msh_jw_kuint(&w, "roots_n", n_roots);
    msh_jw_kstr(&w, "run", msh_view_str(r->id));
    return end(r, &w, &b, "scan.begin", why);
}

msh_err msh_records_begin(msh_run *r, const char *const *roots, size_t n_roots, msh_error *why)
{
    MSH_TRY(msh_records_config(r, why));
    MSH_TRY(msh_records_first(r, roots, n_roots, why));
    return msh_log_commit(r->log, NULL, why);
}

/* --- items
 * ------------------------------------------------------------------------------------------- */

/* A name in which a rule hit is recorded as a token, so that it can be found again by those who
 * hold the key. */
static msh_err name_token(const msh_run *r, const msh_entry *e, char out[33])
{
    uint8_t mac[32];
    MSH_TRY(msh_hmac_of(r->key, e->rel, mac));
    msh_hex(out, msh_view_of(mac, 16));
    return MSH_OK;
}

static msh_err add_body(msh_run *r, const char *type, msh_buf *b, msh_error *why)
{
    msh_err err = msh_buf_err(b);
    err = err == MSH_OK ? msh_log_add(r->log, type, msh_buf_view(b), why)
                        : msh_fail(why, err, "record too large");
    msh_buf_dispose(b);
    return err;
}

static msh_err add_item(msh_run *r, const msh_entry *e, msh_error *why)
{
    const msh_record_run run = {r->id, r->config};
    char token[33] = "";
    msh_buf b;
    if (e->item.path_masked)
        MSH_TRY(name_token(r, e, token));
    msh_buf_init(&b, BODY_CEILING);
    msh_record_item(&b, &run, &e->item, e->rel, e->findings, e->n_findings, token);
    return add_body(r, "item", &b, why);
}

static msh_err add_finding(msh_run *r, const msh_entry *e, const msh_finding *f, msh_error *why)
{
    const msh_record_run run = {r->id, r->config};
    msh_buf b;
    msh_buf_init(&b, BODY_CEILING);
    msh_record_finding(&b, &run, e->item.n, f);
    return add_body(r, "finding", &b, why);
}

msh_err msh_records_item(msh_run *r, const msh_entry *e, msh_error *why)
{
    MSH_TRY(add_item(r, e, why));
    for (size_t i = 0; i < e->n_findings; i++)
        if (e->findings[i].tier >= MSH_TIER_REVIEW)
            MSH_TRY(add_finding(r, e, &e->findings[i], why));
    return MSH_OK;
}

msh_err msh_records_last(msh_run *r, msh_error *why)
{
    msh_json_writer w;
    msh_buf b;
    const msh_run_summary *s = &r->summary;
    begin(&w, &b);
    msh_jw_kuint(&w, "block", s->verdicts[MSH_VERDICT_BLOCK]);
    msh_jw_kuint(&w, "bytes", s->bytes);
    msh_jw_kbool(&w, "complete", s->complete && s->items > 0);
    if (s->excluded)
        msh_jw_kuint(&w, "excluded", s->excluded);
    msh_jw_kint(&w, "exit", s->exit);
    msh_jw_kuint(&w, "items", s->items);
    msh_jw_kuint(&w, "not_inspected", s->verdicts[MSH_VERDICT_NOT_INSPECTED]);
    msh_jw_kuint(&w, "pass", s->verdicts[MSH_VERDICT_PASS]);
    msh_jw_kuint(&w, "people_repeated", s->people_repeated);
    msh_jw_kuint(&w, "review", s->verdicts[MSH_VERDICT_REVIEW]);
    msh_jw_kstr(&w, "run", msh_view_str(r->id));
    msh_jw_kbool(&w, "stopped", s->stopped);
    return end(r, &w, &b, "scan.end", why);
}

msh_err msh_records_end(msh_run *r, msh_error *why)
{
    MSH_TRY(msh_records_last(r, why));
    return msh_log_commit(r->log, NULL, why);
}
