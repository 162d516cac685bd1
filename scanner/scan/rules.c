/* rules.c: the packs in force as one compiled set, and what it says about itself. */
#define _GNU_SOURCE
#include <mishen/rules.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "scan/rules_files.h"
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

msh_err msh_rule_set_load(const msh_options *options, msh_rule_set **out, msh_error *why)
{
    *out = NULL;
    msh_rule_set *s = msh_calloc(1, sizeof *s);
    if (!s)
        return msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
    s->limits = options->limits;
    msh_pack_files f;
    msh_err err = msh_pack_files_read(&f, options, why);
    if (err == MSH_OK)
        err = compile(&f, s, why);
    msh_pack_files_dispose(&f);
    if (err != MSH_OK) {
        msh_rule_set_free(s);
        return err;
    }
    *out = s;
    return MSH_OK;
}

uint32_t msh_today(void)
{
    time_t now = time(NULL);
    struct tm day;
    if (!localtime_r(&now, &day))
        return 0;
    return (uint32_t)((day.tm_year + 1900) * 10000 + (day.tm_mon + 1) * 100 + day.tm_mday);
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
