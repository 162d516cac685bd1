/* rules_files.c: rule packs from files: the packs in force by options, their digests, their lists.
 *
 * Refused: files that anyone may write, lists outside of the pack's folder, folders without packs.
 * The digest of a pack is that of its file followed by the lists it reads, in order. */
#include "scan/rules_files.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"
#include "crypto/keyfile.h"
#include "scan/state.h"
#include "scan/where.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_PACKS = 1000, MAX_PATH = 4096, SIGNATURE_MOST = 1 << 20 };

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

static msh_err read_signature(msh_pack_file *p, msh_error *why)
{
    char path[MAX_PATH];
    int len = snprintf(path, sizeof path, "%s.sig", p->path);
    if (len < 0 || (size_t)len >= sizeof path || access(path, F_OK) != 0)
        return MSH_OK;
    return read_file(path, &p->signature, why);
}

static msh_err add_file(msh_pack_files *f, const char *path, bool must_be_signed)
{
    if (f->n == MAX_PACKS)
        return msh_fail(f->why, MSH_E_RULES, "错误：规则包过多 / error: too many rule packs");
    msh_pack_file *list = msh_realloc(f->list, (f->n + 1) * sizeof *list);
    if (!list)
        return no_memory(f->why);
    f->list = list;
    msh_pack_file *p = &f->list[f->n];
    *p = (msh_pack_file){.path = msh_arena_string(&f->names, msh_view_str(path))};
    msh_buf_init(&p->bytes, f->ceiling);
    msh_buf_init(&p->signature, SIGNATURE_MOST);
    p->must_be_signed = must_be_signed;
    f->n++;
    if (!p->path || msh_digest_new(MSH_DIGEST_SHA256, &p->digest) != MSH_OK)
        return no_memory(f->why);
    MSH_TRY(read_file(p->path, &p->bytes, f->why));
    MSH_TRY(read_signature(p, f->why));
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

static bool is_shown(const char *name)
{
    return name[0] != '.';
}

/* Paths of what a folder holds under such names, sorted by bytes. */
static msh_err list_folder(msh_pack_files *f, const char *folder, bool (*wanted)(const char *name),
                           char **names, size_t *n)
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
        if (!wanted(e->d_name))
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

/* Names of a pack that was imported, STATE/rules/ID/ID.yaml; false when there is none. */
static bool imported_path(const char *state, const char *id, char out[MAX_PATH])
{
    int len = snprintf(out, MAX_PATH, "%s/rules/%s/%s.yaml", state, id, id);
    return len > 0 && len < MAX_PATH && access(out, F_OK) == 0;
}

/* A shipped pack, or the imported one that has taken its place. */
static msh_err add_shipped(msh_pack_files *f, const char *state, const char *path)
{
    char id[128], imported[MAX_PATH];
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    int len = dot ? (int)(dot - name) : 0;
    (void)snprintf(id, sizeof id, "%.*s", len, name);
    bool replaced = state && imported_path(state, id, imported);
    return replaced ? add_file(f, imported, true) : add_file(f, path, false);
}

static bool is_listed(const msh_pack_files *f, const char *path)
{
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->list[i].path, path) == 0)
            return true;
    return false;
}

/* state: its imported packs take the place of those of the same name; NULL = none do. */
static msh_err add_folder(msh_pack_files *f, const char *folder, const char *state, bool must)
{
    char **names = msh_calloc(MAX_PACKS, sizeof *names);
    size_t n = 0;
    if (!names)
        return no_memory(f->why);
    msh_err err = list_folder(f, folder, is_pack_name, names, &n);
    for (size_t i = 0; i < n && err == MSH_OK; i++)
        err = state ? add_shipped(f, state, names[i]) : add_file(f, names[i], must);
    msh_free(names);
    if (err == MSH_OK && n == 0)
        return msh_fail(
            f->why, MSH_E_RULES,
            "%s: 错误：目录里没有规则包（*.yaml）/ error: no rule packs (*.yaml) in the folder",
            tail(folder));
    return err;
}

/* Imported packs that take nobody's place, by name. */
static msh_err add_imported(msh_pack_files *f, const char *state)
{
    char folder[MAX_PATH], path[MAX_PATH];
    int len = snprintf(folder, sizeof folder, "%s/rules", state);
    if (len < 0 || (size_t)len >= sizeof folder || access(folder, F_OK) != 0)
        return MSH_OK;
    char **names = msh_calloc(MAX_PACKS, sizeof *names);
    size_t n = 0;
    if (!names)
        return no_memory(f->why);
    msh_err err = list_folder(f, folder, is_shown, names, &n);
    for (size_t i = 0; i < n && err == MSH_OK; i++)
        if (imported_path(state, names[i] + len + 1, path) && !is_listed(f, path))
            err = add_file(f, path, true);
    msh_free(names);
    return err;
}

static msh_err add_path(msh_pack_files *f, const char *path, bool must_be_signed)
{
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return add_folder(f, path, NULL, must_be_signed);
    return add_file(f, path, must_be_signed);
}

static msh_err add_all(msh_pack_files *f, const msh_options *o)
{
    char shipped[MSH_WHERE_PATH], state[MSH_STATE_PATH];
    for (size_t i = 0; i < o->n_rules; i++)
        MSH_TRY(add_path(f, o->rules[i], o->signed_rules));
    if (o->n_rules == 0) {
        bool has_state = msh_state_path(o, state, NULL) == MSH_OK;
        msh_where_rules(o, shipped);
        MSH_TRY(add_folder(f, shipped, has_state ? state : NULL, false));
        if (has_state)
            MSH_TRY(add_imported(f, state));
    }
    for (size_t i = 0; i < o->n_add_rules; i++)
        MSH_TRY(add_path(f, o->add_rules[i], o->signed_rules));
    return MSH_OK;
}

/* --- lists ----------------------------------------------------------------------------------- */

static msh_err keep_list(msh_pack_files *f, msh_view name, msh_view bytes)
{
    msh_pack_list *lists = msh_realloc(f->lists, (f->n_lists + 1) * sizeof *lists);
    if (!lists)
        return no_memory(f->why);
    f->lists = lists;
    msh_pack_list *l = &f->lists[f->n_lists++];
    l->name = msh_arena_string(&f->names, name);
    msh_buf_init(&l->bytes, f->ceiling);
    msh_buf_put_view(&l->bytes, bytes);
    return l->name && msh_buf_err(&l->bytes) == MSH_OK ? MSH_OK : no_memory(f->why);
}

msh_err msh_pack_files_list(void *ctx, const char *pack, msh_view file, msh_buf *out,
                            msh_error *why)
{
    msh_pack_files *f = ctx;
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
    if (f->keep_lists)
        MSH_TRY(keep_list(f, file, msh_buf_view(out)));
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->list[i].path, pack) == 0)
            return msh_digest_update(f->list[i].digest, msh_buf_view(out));
    return MSH_OK;
}

/* The key of registers, made by `mishen rules digest`; most units have none. */
static msh_err read_key(msh_pack_files *f, const msh_options *o)
{
    char state[MSH_STATE_PATH], path[MSH_STATE_PATH + 32];
    if (msh_state_path(o, state, NULL) != MSH_OK)
        return MSH_OK;
    (void)snprintf(path, sizeof path, "%s/register.key", state);
    if (access(path, F_OK) != 0)
        return MSH_OK;
    f->has_key = true;
    return msh_keyfile_secret(path, f->key, f->why);
}

/* --- all ------------------------------------------------------------------------------------- */

msh_err msh_pack_files_read(msh_pack_files *f, const msh_options *o, msh_error *why)
{
    bool keep_lists = f->keep_lists;
    *f = (msh_pack_files){
        .keep_lists = keep_lists, .ceiling = (size_t)o->limits.rule_file, .why = why};
    msh_arena_init(&f->names, 64 << 20);
    MSH_TRY(add_all(f, o));
    return read_key(f, o);
}

void msh_pack_files_dispose(msh_pack_files *f)
{
    for (size_t i = 0; i < f->n; i++) {
        msh_buf_dispose(&f->list[i].bytes);
        msh_buf_dispose(&f->list[i].signature);
        msh_digest_free(f->list[i].digest);
    }
    for (size_t i = 0; i < f->n_lists; i++)
        msh_buf_dispose(&f->lists[i].bytes);
    msh_free(f->lists);
    msh_free(f->list);
    msh_arena_dispose(&f->names);
    msh_wipe(f->key, sizeof f->key);
}

msh_pack_source *msh_pack_files_sources(const msh_pack_files *f)
{
    msh_pack_source *sources = msh_calloc(f->n, sizeof *sources);
    for (size_t i = 0; sources && i < f->n; i++)
        sources[i] = (msh_pack_source){.name = f->list[i].path,
                                       .bytes = msh_buf_view(&f->list[i].bytes),
                                       .register_key = f->has_key ? f->key : NULL};
    return sources;
}
