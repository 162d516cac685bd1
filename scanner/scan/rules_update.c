/* rules_update.c: `mishen rules import PACK.yaml`: a signed pack becomes one of those in force. It
 * is kept in STATE/rules/ID/ with its lists and its signature, and takes the place of a shipped
 * pack of the same name. An older version than the one in force is refused. */
#define _GNU_SOURCE
#include <mishen/rules.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"
#include "scan/rules_files.h"
#include "scan/ruleset.h"
#include "scan/state.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 4096 };

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* -1, 0, 1: "2026.9.10" before "2026.10.1": numbers by value, the rest by bytes. */
static int compare_versions(msh_view a, msh_view b)
{
    size_t i = 0, k = 0;
    while (i < a.len && k < b.len) {
        bool digits = is_digit(a.data[i]) && is_digit(b.data[k]);
        if (!digits) {
            if (a.data[i] != b.data[k])
                return a.data[i] < b.data[k] ? -1 : 1;
            i++;
            k++;
            continue;
        }
        uint64_t x = 0, y = 0;
        for (; i < a.len && is_digit(a.data[i]) && x < UINT64_MAX / 100; i++)
            x = x * 10 + (uint64_t)(a.data[i] - '0');
        for (; k < b.len && is_digit(b.data[k]) && y < UINT64_MAX / 100; k++)
            y = y * 10 + (uint64_t)(b.data[k] - '0');
        if (x != y)
            return x < y ? -1 : 1;
    }
    return a.len - i == b.len - k ? 0 : a.len - i < b.len - k ? -1 : 1;
}

/* The version of a pack now in force; false when there is none of that id. */
static bool version_in_force(const msh_rule_set *s, msh_view id, msh_view *out)
{
    for (size_t i = 0; i < msh_rule_set_packs(s); i++) {
        msh_pack_ref p;
        msh_rule_set_pack(s, i, &p);
        if (msh_view_eq(p.id, id)) {
            *out = p.version;
            return true;
        }
    }
    return false;
}

/* The packs in force, and the new one, verified. */
static msh_err is_newer(const msh_options *o, const msh_pack_ref *fresh, msh_error *why)
{
    msh_rule_set *s = NULL;
    msh_options usual = *o;
    msh_view version = {NULL, 0};
    usual.n_rules = usual.n_add_rules = 0;
    MSH_TRY(msh_rule_set_load(&usual, &s, why));
    bool known = version_in_force(s, fresh->id, &version);
    msh_err err = MSH_OK;
    if (known && compare_versions(fresh->version, version) <= 0)
        err = msh_fail(why, MSH_E_RULES,
                       "错误：版本 %.*s 不比现行的 %.*s 新，不导入（防止退回旧规则）/ error: not "
                       "newer than the pack in force",
                       (int)fresh->version.len, (const char *)fresh->version.data, (int)version.len,
                       (const char *)version.data);
    msh_rule_set_free(s);
    return err;
}

/* --- files ----------------------------------------------------------------------------------- */

static void remove_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return;
    for (struct dirent *e; (e = readdir(dir));) {
        char path[PATH_ROOM];
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
            snprintf(path, sizeof path, "%s/%s", folder, e->d_name) < (int)sizeof path)
            (void)unlink(path);
    }
    closedir(dir);
    (void)rmdir(folder);
}

static msh_err put_file(const char *folder, const char *name, msh_view bytes, msh_error *why)
{
    char path[PATH_ROOM];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return msh_fail(why, MSH_E_STATE, "name too long");
    return msh_file_replace(path, bytes, why);
}

/* All that belongs to the pack, into a folder of its own. */
static msh_err put_all(const char *folder, const char *id, const msh_pack_files *f, msh_error *why)
{
    char name[160];
    (void)snprintf(name, sizeof name, "%s.yaml", id);
    MSH_TRY(msh_file_make_dirs(folder, why));
    MSH_TRY(put_file(folder, name, msh_buf_view(&f->list[0].bytes), why));
    (void)snprintf(name, sizeof name, "%s.yaml.sig", id);
    MSH_TRY(put_file(folder, name, msh_buf_view(&f->list[0].signature), why));
    for (size_t i = 0; i < f->n_lists; i++)
        MSH_TRY(put_file(folder, f->lists[i].name, msh_buf_view(&f->lists[i].bytes), why));
    return MSH_OK;
}

/* The new folder takes the place of the old one at once. */
static msh_err take_place(const char *fresh, const char *folder, msh_error *why)
{
    struct stat st;
    if (lstat(folder, &st) != 0)
        return rename(fresh, folder) == 0 ? MSH_OK : msh_fail_errno(why, MSH_E_STATE, "rename");
    if (renameat2(AT_FDCWD, fresh, AT_FDCWD, folder, RENAME_EXCHANGE) != 0)
        return msh_fail_errno(why, MSH_E_STATE, "rename");
    remove_folder(fresh);
    return MSH_OK;
}

static msh_err install(const msh_options *o, msh_view pack, const msh_pack_files *f, msh_error *why)
{
    char state[MSH_STATE_PATH], id[80], folder[PATH_ROOM], fresh[PATH_ROOM + 8];
    (void)snprintf(id, sizeof id, "%.*s", (int)pack.len, (const char *)pack.data);
    MSH_TRY(msh_state_path(o, state, why));
    MSH_TRY(msh_state_prepare(state, why));
    if (snprintf(folder, sizeof folder, "%s/rules/%s", state, id) >= (int)sizeof folder)
        return msh_fail(why, MSH_E_STATE, "name too long");
    /* A name that begins with a dot is passed over when packs are read. */
    (void)snprintf(fresh, sizeof fresh, "%s/rules/.%s", state, id);
    remove_folder(fresh);
    MSH_TRY(put_all(fresh, id, f, why));
    MSH_TRY(take_place(fresh, folder, why));
    (void)snprintf(folder, sizeof folder, "%s/rules", state);
    return msh_file_sync_dir(folder, why);
}

msh_err msh_rules_import(const msh_options *o, const char *file,
                         void (*imported)(void *ctx, const msh_pack_ref *p), void *ctx,
                         msh_error *why)
{
    msh_options alone = *o;
    msh_pack_files f;
    msh_rule_set *s = NULL;
    msh_pack_ref p;
    alone.rules = &file;
    alone.n_rules = 1;
    alone.n_add_rules = 0;
    alone.signed_rules = true;
    msh_err err = msh_rule_set_load_files(&alone, &f, &s, why);
    if (err == MSH_OK && f.n != 1)
        err = msh_fail(why, MSH_E_USAGE, "一次只能导入一个规则包文件 / one pack file at a time");
    if (err == MSH_OK) {
        msh_rule_set_pack(s, 0, &p);
        err = is_newer(o, &p, why);
    }
    if (err == MSH_OK)
        err = install(o, p.id, &f, why);
    if (err == MSH_OK)
        imported(ctx, &p);
    msh_pack_files_dispose(&f);
    msh_rule_set_free(s);
    return err;
}
