/* rules.c: rule packs from files: the packs in force by options, their digests, their lists.
 *
 * Refused: files that anyone may write, lists outside of the pack's folder, folders without packs.
 * The digest of a pack is that of its file followed by the lists it reads, in order. */
#include <mishen/rules.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"
#include "crypto/digest.h"
#include "rule/pack.h"
#include "scan/ruleset.h"
#include "scan/where.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_PACKS = 1000, MAX_PATH = 4096 };

struct msh_rule_set {
    msh_rules *rules;
    msh_limits limits;
};

typedef struct pack_file {
    char *path;
    msh_buf bytes;
    msh_digest *digest;
} pack_file;

typedef struct pack_files {
    msh_arena names;
    pack_file *list;
    size_t n;
    size_t ceiling;
    msh_error *why;
} pack_files;

static msh_err no_memory(msh_error *why)
{
    return msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
}

/* The end of a path, for messages, not cut inside a character. */
static const char *tail(const char *path)
{
    size_t len = strlen(path);
    path = len > 120 ? path + len - 120 : path;
    while (((unsigned char)*path & 0xc0) == 0x80)
        path++;
    return path;
}

static msh_err read_file(const char *path, msh_buf *out, msh_error *why)
{
    struct stat st;
    msh_error inner = {0};
    if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_mode & S_IWOTH)
        return msh_fail(why, MSH_E_RULES,
                        "%s: 错误：任何人都能改写这个文件，请 chmod o-w / error: anyone may write "
                        "this file, chmod o-w",
                        tail(path));
    msh_err err = msh_file_read(path, out, &inner);
    if (err == MSH_E_LIMIT_BUFFER)
        return msh_fail(
            why, MSH_E_RULES,
            "%s:1:1: 错误：规则文件过大（见 --limit rule-file）/ error: the rule file is "
            "too large (see --limit rule-file)",
            tail(path));
    if (err == MSH_E_OPEN || err == MSH_E_IO)
        return msh_fail(why, MSH_E_RULES, "错误：读不到规则文件 / error: cannot read the rules: %s",
                        inner.text);
    return err == MSH_OK ? err : no_memory(why);
}

/* --- which files ----------------------------------------------------------------------------- */

static msh_err add_file(pack_files *f, const char *path)
{
    if (f->n == MAX_PACKS)
        return msh_fail(f->why, MSH_E_RULES, "错误：规则包过多 / error: too many rule packs");
    pack_file *list = msh_realloc(f->list, (f->n + 1) * sizeof *list);
    if (!list)
        return no_memory(f->why);
    f->list = list;
    pack_file *p = &f->list[f->n];
    *p = (pack_file){.path = msh_arena_string(&f->names, msh_view_str(path))};
    msh_buf_init(&p->bytes, f->ceiling);
    f->n++;
    if (!p->path || msh_digest_new(MSH_DIGEST_SHA256, &p->digest) != MSH_OK)
        return no_memory(f->why);
    MSH_TRY(read_file(p->path, &p->bytes, f->why));
    return msh_digest_update(p->digest, msh_buf_view(&p->bytes));
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_pack_name(const char *name)
{
    msh_view v = msh_view_str(name);
    return name[0] != '.' &&
           (msh_view_ends(v, MSH_VIEW(".yaml")) || msh_view_ends(v, MSH_VIEW(".yml")));
}

/* Names of packs in a folder, sorted by bytes. */
static msh_err list_folder(pack_files *f, const char *folder, char **names, size_t *n)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return msh_fail_errno(f->why, MSH_E_RULES,
                              "%s: 错误：打不开规则目录 / error: cannot open the folder of rules",
                              tail(folder));
    msh_err err = MSH_OK;
    *n = 0;
    for (struct dirent *e; err == MSH_OK && (e = readdir(dir));) {
        char path[MAX_PATH];
        if (!is_pack_name(e->d_name))
            continue;
        int len = snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (*n == MAX_PACKS || len < 0 || (size_t)len >= sizeof path)
            err = msh_fail(
                f->why, MSH_E_RULES,
                "%s: 错误：规则包过多或路径过长 / error: too many packs or too long a path",
                tail(folder));
        else if (!(names[(*n)++] = msh_arena_string(&f->names, msh_view_str(path))))
            err = no_memory(f->why);
    }
    closedir(dir);
    if (err == MSH_OK)
        qsort(names, *n, sizeof *names, by_bytes);
    return err;
}

static msh_err add_folder(pack_files *f, const char *folder)
{
    char **names = msh_calloc(MAX_PACKS, sizeof *names);
    size_t n = 0;
    if (!names)
        return no_memory(f->why);
    msh_err err = list_folder(f, folder, names, &n);
    for (size_t i = 0; i < n && err == MSH_OK; i++)
        err = add_file(f, names[i]);
    msh_free(names);
    if (err == MSH_OK && n == 0)
        return msh_fail(
            f->why, MSH_E_RULES,
            "%s: 错误：目录里没有规则包（*.yaml）/ error: no rule packs (*.yaml) in the folder",
            tail(folder));
    return err;
}

static msh_err add_path(pack_files *f, const char *path)
{
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return add_folder(f, path);
    return add_file(f, path);
}

static msh_err add_all(pack_files *f, const msh_options *o)
{
    char shipped[MSH_WHERE_PATH];
    for (size_t i = 0; i < o->n_rules; i++)
        MSH_TRY(add_path(f, o->rules[i]));
    if (o->n_rules == 0) {
        msh_where_rules(o, shipped);
        MSH_TRY(add_path(f, shipped));
    }
    for (size_t i = 0; i < o->n_add_rules; i++)
        MSH_TRY(add_path(f, o->add_rules[i]));
    return MSH_OK;
}

/* --- lists ----------------------------------------------------------------------------------- */

static msh_err read_list(void *ctx, const char *pack, msh_view file, msh_buf *out, msh_error *why)
{
    pack_files *f = ctx;
    char path[MAX_PATH];
    const char *slash = strrchr(pack, '/');
    int folder = slash ? (int)(slash - pack) + 1 : 0;
    bool plain = file.len > 0 && file.data[0] != '.' && !memchr(file.data, '/', file.len) &&
                 !memchr(file.data, 0, file.len);
    int len = snprintf(path, sizeof path, "%.*s%.*s", folder, pack, (int)file.len,
                       (const char *)file.data);
    if (!plain || len < 0 || (size_t)len >= sizeof path)
        return msh_fail(
            why, MSH_E_RULES,
            "%s: 错误：词表必须是规则包同一目录里的文件 / error: a list is a file in the "
            "folder of its pack",
            tail(pack));
    MSH_TRY(read_file(path, out, why));
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->list[i].path, pack) == 0)
            return msh_digest_update(f->list[i].digest, msh_buf_view(out));
    return MSH_OK;
}

/* --- the set --------------------------------------------------------------------------------- */

static msh_err compile(pack_files *f, msh_rule_set *s)
{
    msh_pack_source *sources = msh_calloc(f->n, sizeof *sources);
    if (!sources)
        return no_memory(f->why);
    for (size_t i = 0; i < f->n; i++)
        sources[i] =
            (msh_pack_source){.name = f->list[i].path, .bytes = msh_buf_view(&f->list[i].bytes)};
    msh_err err = msh_rules_load(sources, f->n, &s->limits, read_list, f, &s->rules, f->why);
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
        return no_memory(why);
    s->limits = options->limits;
    pack_files f = {.ceiling = (size_t)options->limits.rule_file, .why = why};
    msh_arena_init(&f.names, 64 << 20);
    msh_err err = add_all(&f, options);
    if (err == MSH_OK)
        err = compile(&f, s);
    for (size_t i = 0; i < f.n; i++) {
        msh_buf_dispose(&f.list[i].bytes);
        msh_digest_free(f.list[i].digest);
    }
    msh_free(f.list);
    msh_arena_dispose(&f.names);
    if (err != MSH_OK) {
        msh_rule_set_free(s);
        return err;
    }
    *out = s;
    return MSH_OK;
}

void msh_rule_set_free(msh_rule_set *s)
{
    if (!s)
        return;
    msh_rules_free(s->rules);
    msh_free(s);
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
                           .tier = r.tier,
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

typedef struct failures {
    void (*failed)(void *ctx, const msh_rule_failure *f);
    void *ctx;
} failures;

static void report_failure(void *ctx, const msh_rule_test *t)
{
    const failures *f = ctx;
    msh_rule_failure out = {t->rule, t->text, t->expected, t->got, t->line};
    f->failed(f->ctx, &out);
}

msh_err msh_rule_set_test(const msh_rule_set *s, size_t *n_run, size_t *n_failed,
                          void (*failed)(void *ctx, const msh_rule_failure *f), void *ctx,
                          msh_error *why)
{
    failures f = {failed, ctx};
    return msh_rules_test(s->rules, &s->limits, n_run, n_failed, report_failure, &f, why);
}

typedef struct timings {
    void (*timed)(void *ctx, msh_view rule, uint64_t us, bool limit);
    void *ctx;
} timings;

static void report_time(void *ctx, msh_view rule, uint64_t ns, bool limit)
{
    const timings *t = ctx;
    t->timed(t->ctx, rule, ns / 1000, limit);
}

msh_err msh_rule_set_time(const msh_rule_set *s,
                          void (*timed)(void *ctx, msh_view rule, uint64_t us, bool limit),
                          void *ctx, msh_error *why)
{
    timings t = {timed, ctx};
    return msh_rules_time(s->rules, &s->limits, report_time, &t, why);
}
