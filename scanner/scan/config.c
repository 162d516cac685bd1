/* config.c: mishen.yaml. Strict: what is no key, or no value for its key, is refused with its line.
 *
 * Later ones go before earlier ones, key by key and never half a list: what a profile has by itself
 * (presets.def), the file, the file's profile, a profile whose days these are. */
#define _GNU_SOURCE
#include <mishen/config.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"
#include "rule/yaml.h"
#include "scan/config_keys.h"
#include "scan/ruleset.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SETTINGS_MOST = 1000, KEY = 100, FILE_MOST = 1 << 20 };

typedef struct kept {
    msh_setting s;
    int layer;
} kept;

struct msh_config {
    msh_arena arena;
    const char *file, *dir; /* NULL, "" = no file */
    const char *profile, *added;
    kept all[SETTINGS_MOST];
    size_t n;
    int layer;
    msh_error *why;
};

const char *msh_config_file(const char *given)
{
    static const char *const places[] = {"mishen.yaml", "/etc/mishen/mishen.yaml"};
    const char *env = getenv("MISHEN_CONFIG");
    if (!given && env && env[0])
        given = env;
    if (given)
        return strcmp(given, "none") == 0 ? NULL : given;
    for (size_t i = 0; i < 2; i++)
        if (access(places[i], F_OK) == 0)
            return places[i];
    return NULL;
}

/* --- settings --------------------------------------------------------------------------------- */

static msh_err no_memory(const msh_config *c)
{
    return msh_fail(c->why, MSH_E_MEMORY, "内存不足 / out of memory");
}

/* Values that an earlier layer gave for the key go. */
static void forget(msh_config *c, const char *key)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++)
        if (c->all[i].layer == c->layer || strcmp(c->all[i].s.key, key) != 0)
            c->all[n++] = c->all[i];
    c->n = n;
}

/* Strings live in the arena or for ever. */
static msh_err add(msh_config *c, const msh_config_key *row, const char *key, const char *value,
                   const char *from)
{
    forget(c, key);
    if (c->n == SETTINGS_MOST)
        return msh_fail(c->why, MSH_E_CONFIG, "%s: 条目过多 / too many entries", from);
    c->all[c->n++] = (kept){{key, value, row->option, from}, c->layer};
    return MSH_OK;
}

static msh_err refuse(const msh_config *c, size_t line, size_t column, const char *zh,
                      const char *en)
{
    (void)msh_yaml_refuse((msh_yaml_at){c->file, line, column}, zh, en, c->why);
    if (c->why)
        c->why->code = MSH_E_CONFIG;
    return MSH_E_CONFIG;
}

static msh_err take_value(msh_config *c, const msh_config_key *row, const char *key,
                          const msh_node *n)
{
    char zh[MSH_CONFIG_HINT], en[MSH_CONFIG_HINT], from[300], tail[200];
    const char *value = NULL;
    if (n->type != MSH_NODE_SCALAR)
        return refuse(c, n->line, n->column, "这里应写一个值", "one value belongs here");
    msh_err err = msh_config_value(&c->arena, row, key, n->value, c->dir, &value, zh, en);
    if (err == MSH_E_CONFIG)
        return refuse(c, n->line, n->column, zh, en);
    msh_yaml_tail(c->file, tail, sizeof tail);
    (void)snprintf(from, sizeof from, "%s:%zu", tail, n->line);
    const char *key_kept = msh_arena_string(&c->arena, msh_view_str(key));
    const char *from_kept = msh_arena_string(&c->arena, msh_view_str(from));
    if (err != MSH_OK || !key_kept || !from_kept)
        return no_memory(c);
    return add(c, row, key_kept, value, from_kept);
}

static msh_err take_list(msh_config *c, const msh_config_key *row, const char *key,
                         const msh_node *n)
{
    if (n->type != MSH_NODE_LIST)
        return take_value(c, row, key, n);
    if (!msh_config_is_list(row))
        return refuse(c, n->line, n->column, "这里只能写一个值，不是列表",
                      "one value belongs here, not a list");
    forget(c, key); /* an empty list takes away what stood there before */
    for (const msh_node *child = n->child; child; child = child->next)
        MSH_TRY(take_value(c, row, key, child));
    return MSH_OK;
}

/* A map of keys; prefix: "" or "mail." */
static msh_err take_map(msh_config *c, const char *prefix, const msh_node *map)
{
    char key[KEY], zh[MSH_CONFIG_HINT], en[MSH_CONFIG_HINT];
    if (map->type == MSH_NODE_SCALAR && map->value.len == 0)
        return MSH_OK; /* everything beneath is commented out */
    if (map->type != MSH_NODE_MAP)
        return refuse(c, map->line, map->column, "这里应写“键: 值”", "keys and values belong here");
    for (const msh_node *n = map->child; n; n = n->next) {
        (void)snprintf(key, sizeof key, "%s%.*s", prefix, (int)n->key.len,
                       (const char *)n->key.data);
        if (strcmp(key, "profiles") == 0)
            continue;
        const msh_config_key *row = msh_config_key_of(key);
        if (row) {
            MSH_TRY(take_list(c, row, key, n));
            continue;
        }
        if (!msh_config_is_map(key)) {
            msh_config_unknown(key, zh, en);
            return refuse(c, n->key_line, n->key_column, zh, en);
        }
        (void)snprintf(key, sizeof key, "%s%.*s.", prefix, (int)n->key.len,
                       (const char *)n->key.data);
        MSH_TRY(take_map(c, key, n));
    }
    return MSH_OK;
}

/* --- profiles --------------------------------------------------------------------------------- */

static const struct {
    const char *profile, *key, *value;
} presets[] = {
#define MSH_PRESET(profile, key, value) {profile, key, value},
#include <mishen/presets.def>
#undef MSH_PRESET
};

enum { PRESETS = sizeof presets / sizeof presets[0] };

/* What a profile has by itself; false when there is no such one. */
static msh_err take_preset(msh_config *c, const char *profile, bool *there)
{
    char from[80];
    (void)snprintf(from, sizeof from, "profile %.60s", profile);
    const char *kept_from = msh_arena_string(&c->arena, msh_view_str(from));
    if (!kept_from)
        return no_memory(c);
    for (size_t i = 0; i < PRESETS; i++) {
        char zh[MSH_CONFIG_HINT], en[MSH_CONFIG_HINT];
        const char *value;
        if (strcmp(presets[i].profile, profile) != 0)
            continue;
        const msh_config_key *row = msh_config_key_of(presets[i].key);
        msh_err err = msh_config_value(&c->arena, row, presets[i].key,
                                       msh_view_str(presets[i].value), "", &value, zh, en);
        if (err != MSH_OK)
            return msh_fail(c->why, err, "%s: %s", from, presets[i].key);
        MSH_TRY(add(c, row, presets[i].key, value, kept_from));
        *there = true;
    }
    return MSH_OK;
}

static const msh_node *member(const msh_node *map, const char *key)
{
    for (const msh_node *n = map && map->type == MSH_NODE_MAP ? map->child : NULL; n; n = n->next)
        if (msh_view_eq_str(n->key, key))
            return n;
    return NULL;
}

/* The names of all profiles, for who mistyped one. */
static msh_err no_profile(const msh_config *c, const msh_node *profiles, const char *name)
{
    msh_buf b;
    msh_buf_init(&b, 200);
    for (size_t i = 0; i < PRESETS; i++)
        if (i == 0 || strcmp(presets[i].profile, presets[i - 1].profile) != 0)
            msh_buf_printf(&b, " %s", presets[i].profile);
    for (const msh_node *n = profiles ? profiles->child : NULL; n; n = n->next)
        if (msh_view_find(msh_buf_view(&b), n->key, 0) == SIZE_MAX)
            msh_buf_printf(&b, " %.*s", (int)n->key.len, (const char *)n->key.data);
    msh_err err =
        msh_fail(c->why, MSH_E_CONFIG, "没有方案 %.60s，有 / no profile of this name, but:%.*s",
                 name, (int)b.len, (const char *)b.data);
    msh_buf_dispose(&b);
    return err;
}

/* Every profile of the file is read, so that one that is not in force is not found broken on the
 * day when it is. */
static msh_err check_profiles(msh_config *c, const msh_node *profiles)
{
    if (profiles && profiles->type != MSH_NODE_MAP)
        return refuse(c, profiles->line, profiles->column, "这里应写“方案名: 设置”",
                      "names of profiles belong here");
    for (const msh_node *n = profiles ? profiles->child : NULL; n; n = n->next) {
        size_t before = c->n;
        c->layer = 0;
        if (member(n, "profile") || member(n, "profiles") || member(n, "state"))
            return refuse(c, n->line, n->column, "profile、profiles、state 不能写在方案里",
                          "profile, profiles and state do not belong into a profile");
        MSH_TRY(take_map(c, "", n));
        c->n = before;
    }
    return MSH_OK;
}

/* Today is one of its days. */
static bool is_due(const msh_node *profile, uint32_t today)
{
    const msh_node *periods = member(profile, "periods");
    char text[32];
    if (!periods)
        return false;
    const msh_node *n = periods->type == MSH_NODE_LIST ? periods->child : periods;
    for (; n; n = periods->type == MSH_NODE_LIST ? n->next : NULL) {
        (void)snprintf(text, sizeof text, "%.*s", (int)n->value.len, (const char *)n->value.data);
        if (msh_config_in_period(text, today))
            return true;
    }
    return false;
}

/* Profiles with periods, in the file's order; the last one is named. */
static msh_err add_due(msh_config *c, const msh_node *profiles)
{
    bool there;
    uint32_t today = msh_today();
    for (const msh_node *n = profiles ? profiles->child : NULL; n; n = n->next) {
        if (msh_view_eq_str(n->key, c->profile) || !is_due(n, today))
            continue;
        c->added = msh_arena_string(&c->arena, n->key);
        if (!c->added)
            return no_memory(c);
        c->layer++;
        MSH_TRY(take_preset(c, c->added, &there));
        c->layer++;
        MSH_TRY(take_map(c, "", n));
    }
    return MSH_OK;
}

/* --- the file --------------------------------------------------------------------------------- */

/* Who may write the file decides what is not looked at: that is us and root. */
static msh_err check_owner(msh_config *c)
{
    struct stat st;
    if (stat(c->file, &st) != 0)
        return msh_file_named_failed(c->file, c->why);
    if ((st.st_uid != 0 && st.st_uid != geteuid()) || (st.st_mode & S_IWOTH))
        return msh_fail(c->why, MSH_E_CONFIG,
                        "%.200s：别的用户能改这个文件，请改为本人所有并 chmod o-w / others may "
                        "write it",
                        c->file);
    return MSH_OK;
}

static msh_err read_file(msh_config *c, msh_node **root)
{
    msh_buf b;
    *root = NULL;
    if (!c->file)
        return MSH_OK;
    MSH_TRY(check_owner(c));
    msh_buf_init(&b, FILE_MOST);
    msh_err err = msh_file_read(c->file, &b, c->why);
    if (err == MSH_OK)
        err = msh_yaml_read(&c->arena, c->file, msh_buf_view(&b), msh_config_known, root, c->why);
    msh_buf_dispose(&b);
    if (err == MSH_E_RULES || err == MSH_E_OPEN || err == MSH_E_IO || err == MSH_E_LIMIT_BUFFER)
        err = MSH_E_CONFIG;
    if (c->why)
        c->why->code = err;
    return err;
}

/* The folder of the file; "" when it is the working folder. */
static const char *folder_of(msh_config *c)
{
    const char *slash = c->file ? strrchr(c->file, '/') : NULL;
    if (!slash)
        return "";
    return msh_arena_string(&c->arena,
                            msh_view_of(c->file, slash == c->file ? 1 : (size_t)(slash - c->file)));
}

static msh_err choose_profile(msh_config *c, const msh_node *root, const char *profile)
{
    const msh_node *named = member(root, "profile");
    if (profile)
        c->profile = msh_arena_string(&c->arena, msh_view_str(profile));
    else if (named && named->type == MSH_NODE_SCALAR)
        c->profile = msh_arena_string(&c->arena, named->value);
    return c->profile ? MSH_OK : no_memory(c);
}

static msh_err load(msh_config *c, const char *profile)
{
    msh_node *root;
    bool there = false;
    c->profile = c->added = "";
    c->dir = folder_of(c);
    if (!c->dir)
        return no_memory(c);
    MSH_TRY(read_file(c, &root));
    const msh_node *profiles = member(root, "profiles");
    MSH_TRY(check_profiles(c, profiles));
    MSH_TRY(choose_profile(c, root, profile));
    const msh_node *own = c->profile[0] ? member(profiles, c->profile) : NULL;
    c->layer = 1;
    MSH_TRY(take_preset(c, c->profile, &there));
    if (c->profile[0] && !there && !own)
        return no_profile(c, profiles, c->profile);
    c->layer++;
    if (root)
        MSH_TRY(take_map(c, "", root));
    c->layer++;
    if (own)
        MSH_TRY(take_map(c, "", own));
    return add_due(c, profiles);
}

msh_err msh_config_load(const char *file, const char *profile, msh_config **out, msh_error *why)
{
    msh_config *c = msh_calloc(1, sizeof *c);
    *out = NULL;
    if (!c)
        return msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
    msh_arena_init(&c->arena, 64 << 20);
    c->why = why;
    c->file = file;
    msh_err err = load(c, profile);
    c->why = NULL;
    if (err == MSH_OK)
        *out = c;
    else
        msh_config_free(c);
    return err;
}

void msh_config_free(msh_config *c)
{
    if (!c)
        return;
    msh_arena_dispose(&c->arena);
    msh_free(c);
}

size_t msh_config_count(const msh_config *c)
{
    return c->n;
}

const msh_setting *msh_config_get(const msh_config *c, size_t i)
{
    return &c->all[i].s;
}

const char *msh_config_profile(const msh_config *c)
{
    return c->profile;
}

const char *msh_config_added(const msh_config *c)
{
    return c->added;
}
