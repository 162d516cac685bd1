/* rules.c: the packs in force as one compiled set, and what it says about itself. */
#define _GNU_SOURCE
#include <mishen/rules.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "scan/rules_files.h"
#include "scan/rules_sign.h"
#include "scan/ruleset.h"

#include <string.h>
#include <time.h>

struct msh_rule_set {
    msh_rules *rules;
    msh_limits limits;
};

static msh_err compile(msh_pack_files *f, msh_rule_set *s, msh_error *why)
{
    msh_pack_source *sources = msh_pack_files_sources(f);
    if (!sources)
        return msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
    msh_err err = msh_rules_load(sources, f->n, &s->limits, msh_pack_files_list, f, &s->rules, why);
    msh_free(sources);
    for (size_t i = 0; i < f->n && err == MSH_OK; i++) {
        uint8_t sha256[32];
        err = msh_digest_final(f->list[i].digest, sha256, NULL);
        if (err == MSH_OK)
            msh_rules_set_digest(s->rules, i, sha256);
    }
    return err;
}

static msh_err verify_all(const msh_options *o, const msh_pack_files *f, const msh_rule_set *s,
                          msh_error *why)
{
    for (size_t i = 0; i < f->n; i++) {
        msh_pack_info info;
        msh_rules_pack_info(s->rules, i, &info);
        MSH_TRY(msh_rules_verify(o, &f->list[i], &info, why));
    }
    return MSH_OK;
}

static msh_err load(const msh_options *o, msh_pack_files *f, bool verify, msh_rule_set **out,
                    msh_error *why)
{
    msh_rule_set *s = msh_calloc(1, sizeof *s);
    *out = s;
    if (!s)
        return msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
    s->limits = o->limits;
    MSH_TRY(compile(f, s, why));
    return verify ? verify_all(o, f, s, why) : MSH_OK;
}

/* *f is to be disposed of, whatever comes. */
static msh_err load_files(const msh_options *o, msh_pack_files *f, bool verify, msh_rule_set **out,
                          msh_error *why)
{
    *out = NULL;
    msh_err err = msh_pack_files_read(f, o, why);
    if (err == MSH_OK)
        err = load(o, f, verify, out, why);
    if (err == MSH_OK)
        return MSH_OK;
    msh_rule_set_free(*out);
    *out = NULL;
    return err;
}

msh_err msh_rule_set_load_files(const msh_options *o, msh_pack_files *f, msh_rule_set **out,
                                msh_error *why)
{
    *f = (msh_pack_files){.keep_lists = true};
    return load_files(o, f, true, out, why);
}

static msh_err load_set(const msh_options *o, bool verify, msh_rule_set **out, msh_error *why)
{
    msh_pack_files f = {.keep_lists = false};
    msh_err err = load_files(o, &f, verify, out, why);
    msh_pack_files_dispose(&f);
    return err;
}

msh_err msh_rule_set_load(const msh_options *options, msh_rule_set **out, msh_error *why)
{
    return load_set(options, true, out, why);
}

msh_err msh_rule_set_load_unsigned(const msh_options *options, msh_rule_set **out, msh_error *why)
{
    return load_set(options, false, out, why);
}

uint32_t msh_today(void)
{
    time_t now = time(NULL);
    struct tm day;
    if (!localtime_r(&now, &day))
        return 0;
    return (uint32_t)((day.tm_year + 1900) * 10000 + (day.tm_mon + 1) * 100 + day.tm_mday);
}

size_t msh_rule_set_idle(const msh_rule_set *s)
{
    size_t n = 0;
    for (size_t i = 0; i < msh_rules_count(s->rules); i++) {
        msh_rule_info info;
        msh_rules_info(s->rules, i, &info);
        n += info.idle;
    }
    return n;
}

void msh_rule_set_use(msh_rule_set *s, msh_medium medium)
{
    msh_rules_use(s->rules, msh_today(), medium);
}

void msh_rule_set_free(msh_rule_set *s)
{
    if (!s)
        return;
    msh_rules_free(s->rules);
    msh_free(s);
}

const msh_limits *msh_rule_set_limits(const msh_rule_set *s)
{
    return &s->limits;
}

const msh_rules *msh_rule_set_compiled(const msh_rule_set *s)
{
    return s->rules;
}

size_t msh_rule_set_count(const msh_rule_set *s)
{
    return msh_rules_count(s->rules);
}

void msh_rule_set_get(const msh_rule_set *s, size_t i, msh_rule_view *out)
{
    msh_rule_info r;
    msh_rules_info(s->rules, i, &r);
    *out = (msh_rule_view){.id = r.id,
                           .name = r.name,
                           .name_en = r.name_en,
                           .category = r.category,
                           .explain = r.explain,
                           .explain_en = r.explain_en,
                           .advice = r.advice,
                           .advice_en = r.advice_en,
                           .basis = r.basis,
                           .basis_en = r.basis_en,
                           .kind = r.kind,
                           .pack = r.pack,
                           .pack_version = r.pack_version,
                           .laws = r.laws,
                           .find = r.find,
                           .tier = r.tier,
                           .valid_from = r.valid_from,
                           .valid_to = r.valid_to,
                           .idle = r.idle,
                           .n_tests = r.n_tests};
}

size_t msh_rule_set_packs(const msh_rule_set *s)
{
    return msh_rules_packs(s->rules);
}

void msh_rule_set_pack(const msh_rule_set *s, size_t i, msh_pack_ref *out)
{
    msh_pack_info p;
    msh_rules_pack_info(s->rules, i, &p);
    *out = (msh_pack_ref){.id = p.id, .version = p.version};
    memcpy(out->sha256, p.sha256, sizeof out->sha256);
}
