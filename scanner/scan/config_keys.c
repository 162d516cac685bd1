/* config_keys.c: what may stand in mishen.yaml. A value is checked where it is read, so that what
 * is wrong with it is said with its line. */
#include "scan/config_keys.h"

#include "base/near.h"
#include "base/view.h"

#include <mishen/options.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const msh_config_key rows[] = {
#define MSH_CONFIG(key, value, option, dflt, zh, en) {key, value, option},
#include <mishen/config.def>
#undef MSH_CONFIG
};

enum { ROWS = sizeof rows / sizeof rows[0], WORD = 64 };

const msh_config_key *msh_config_key_of(const char *key)
{
    for (size_t i = 0; i < ROWS; i++) {
        size_t n = strlen(rows[i].key);
        if (strcmp(rows[i].key, key) == 0)
            return &rows[i];
        if (rows[i].key[n - 1] == '.' && strncmp(rows[i].key, key, n) == 0 && key[n] != '\0')
            return &rows[i];
    }
    return NULL;
}

bool msh_config_is_map(const char *key)
{
    size_t n = strlen(key);
    for (size_t i = 0; i < ROWS; i++)
        if (strncmp(rows[i].key, key, n) == 0 && rows[i].key[n] == '.')
            return true;
    return false;
}

/* The i-th word that is a key somewhere: the last part of a row, then the first parts. */
static const char *word_at(const void *ctx, size_t i)
{
    static const char *const others[] = {"profiles", "limits", "policy",
                                         "mail",     "status", "inspect"};
    (void)ctx;
    if (i >= ROWS)
        return others[i - ROWS];
    const char *dot = strrchr(rows[i].key, '.');
    return dot && dot[1] ? dot + 1 : rows[i].key;
}

enum { WORDS = ROWS + 6 };

bool msh_config_known(msh_view key)
{
    for (size_t i = 0; i < WORDS; i++)
        if (msh_view_eq_str(key, word_at(NULL, i)))
            return true;
    return false;
}

bool msh_config_is_list(const msh_config_key *row)
{
    return msh_view_ends(msh_view_str(row->value), MSH_VIEW("…"));
}

/* Both languages take the same words. */
__attribute__((format(printf, 3, 5), format(printf, 4, 5))) static void
put_hint(char *zh, char *en, const char *form_zh, const char *form_en, ...)
{
    va_list args, again;
    va_start(args, form_en);
    va_copy(again, args);
    (void)vsnprintf(zh, MSH_CONFIG_HINT, form_zh, args);
    (void)vsnprintf(en, MSH_CONFIG_HINT, form_en, again);
    va_end(again);
    va_end(args);
}

void msh_config_unknown(const char *key, char *zh, char *en)
{
    const char *dot = strrchr(key, '.');
    const char *last = dot ? dot + 1 : key;
    const char *like = msh_near_word(msh_view_str(last), word_at, NULL, WORDS);
    if (like && strcmp(like, last) != 0) {
        put_hint(zh, en, "不认识的键 %.40s，是不是 %s？", "unknown key %.40s, do you mean %s?",
                 last, like);
    } else if (like) {
        put_hint(zh, en, "键 %.40s 不能写在这里，请检查缩进",
                 "%.40s does not belong here, look at the indentation", last);
    } else {
        put_hint(zh, en, "不认识的键 %.40s，请删去或改正（mishen help config）",
                 "unknown key %.40s, remove or mend it (mishen help config)", last);
    }
}

/* --- values ----------------------------------------------------------------------------------- */

static const char *const WRONG[] = {"这个值不对，应为 ", "bad value, may be: "};

static msh_err refuse(char *zh, char *en, const char *want_zh, const char *want_en)
{
    (void)snprintf(zh, MSH_CONFIG_HINT, "%s%s", WRONG[0], want_zh);
    (void)snprintf(en, MSH_CONFIG_HINT, "%s%s", WRONG[1], want_en);
    return MSH_E_CONFIG;
}

/* One of "a|b|c". */
static bool is_choice(const char *choices, msh_view v)
{
    for (const char *p = choices;;) {
        size_t n = strcspn(p, "|");
        if (msh_view_eq(v, msh_view_of(p, n)))
            return true;
        if (p[n] == '\0')
            return false;
        p += n + 1;
    }
}

static bool is_number(msh_view v, const char *units, uint64_t most)
{
    uint64_t n = 0;
    size_t i = 0;
    for (; i < v.len && v.data[i] >= '0' && v.data[i] <= '9' && n <= most; i++)
        n = n * 10 + (uint64_t)(v.data[i] - '0');
    if (i == 0 || n > most)
        return false;
    if (units[0] == '\0')
        return i == v.len && n > 0;
    return i + 1 == v.len && strchr(units, v.data[i]) != NULL;
}

static bool is_day(msh_view v)
{
    if (v.len != 10 || v.data[4] != '-' || v.data[7] != '-')
        return false;
    for (size_t i = 0; i < 10; i++)
        if (i != 4 && i != 7 && (v.data[i] < '0' || v.data[i] > '9'))
            return false;
    int month = (v.data[5] - '0') * 10 + v.data[6] - '0';
    int day = (v.data[8] - '0') * 10 + v.data[9] - '0';
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* Of a day that was checked: 20270301. */
static uint32_t day_of(const char *text)
{
    uint32_t day = 0;
    for (size_t i = 0; i < 10; i++)
        if (text[i] != '-')
            day = day * 10 + (uint32_t)(text[i] - '0');
    return day;
}

static bool is_period(msh_view v)
{
    return v.len == 22 && is_day(msh_view_cut(v, 0, 10)) && is_day(msh_view_cut(v, 12, 10)) &&
           v.data[10] == '.' && v.data[11] == '.' && memcmp(v.data, v.data + 12, 10) <= 0;
}

bool msh_config_in_period(const char *period, uint32_t today)
{
    return day_of(period) <= today && today <= day_of(period + 12);
}

/* An address as sendmail takes it on its command line and as a header line holds it. */
static bool is_mail(msh_view v)
{
    size_t ats = 0;
    for (size_t i = 0; i < v.len; i++) {
        if (v.data[i] <= ' ' || v.data[i] >= 0x7f || strchr("<>()[]\\,;:\"", v.data[i]))
            return false;
        ats += v.data[i] == '@';
    }
    return v.len > 0 && v.len < 250 && v.data[0] != '-' && ats <= 1;
}

static bool is_plain(msh_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.data[i] < ' ' || v.data[i] == 0x7f)
            return false;
    return v.len > 0 && v.len < 4000;
}

static bool is_raise(msh_view v)
{
    size_t at = msh_view_find(v, MSH_VIEW("="), 0);
    msh_view tier = at == SIZE_MAX ? (msh_view){NULL, 0} : msh_view_cut(v, at + 1, SIZE_MAX);
    return at != SIZE_MAX && at > 0 && is_plain(v) &&
           (msh_view_eq_str(tier, "REVIEW") || msh_view_eq_str(tier, "BLOCK"));
}

static const char *limit_at(const void *ctx, size_t i)
{
    static const char *const names[] = {
#define MSH_LIMIT(member, name, dflt, greatest, unit, zh, en) name,
#include <mishen/limits.def>
#undef MSH_LIMIT
    };
    (void)ctx;
    return i < sizeof names / sizeof names[0] ? names[i] : "";
}

/* limits.NAME and policy.NAME: checked by who takes the option. */
static msh_err named_value(msh_arena *a, const char *key, msh_view value, const char **out,
                           char *zh, char *en)
{
    const char *name = strchr(key, '.') + 1;
    bool limit = strncmp(key, "limits.", 7) == 0;
    msh_limits limits = {0};
    msh_policy policy = {0};
    msh_error why = {0};
    char *text = msh_arena_string(a, value);
    size_t room = strlen(name) + value.len + 2;
    char *whole = msh_arena_alloc(a, room);
    if (!text || !whole)
        return MSH_E_MEMORY;
    (void)snprintf(whole, room, "%s=%s", name, text);
    *out = whole;
    msh_err err = limit ? msh_limits_set(&limits, name, text, &why)
                        : msh_policy_set(&policy, name, text, &why);
    if (err == MSH_OK)
        return MSH_OK;
    const char *like = limit ? msh_near_word(msh_view_str(name), limit_at, NULL, 64) : NULL;
    if (like && strcmp(like, name) != 0)
        put_hint(zh, en, "没有限额 %.40s，是不是 %s？", "no limit %.40s, do you mean %s?", name,
                 like);
    else
        put_hint(zh, en, "名称或值不对：%.200s", "bad name or value: %.200s", why.text);
    return MSH_E_CONFIG;
}

static msh_err path_value(msh_arena *a, msh_view v, const char *dir, const char **out)
{
    const char *home = getenv("HOME");
    bool at_home = msh_view_starts(v, MSH_VIEW("~/")) && home && home[0] == '/';
    if (v.data[0] == '/' || (!at_home && dir[0] == '\0')) {
        *out = msh_arena_string(a, v);
        return *out ? MSH_OK : MSH_E_MEMORY;
    }
    const char *head = at_home ? home : dir;
    msh_view tail = at_home ? msh_view_cut(v, 2, SIZE_MAX) : v;
    size_t room = strlen(head) + tail.len + 2;
    char *path = msh_arena_alloc(a, room);
    if (!path)
        return MSH_E_MEMORY;
    (void)snprintf(path, room, "%s/%.*s", head, (int)tail.len, (const char *)tail.data);
    *out = path;
    return MSH_OK;
}

/* What a kind of value looks like, for people. */
static const struct {
    const char *kind, *zh, *en;
    bool (*is)(msh_view v);
} kinds[] = {
    {"TEXT", "一个词", "a word", is_plain},
    {"PATH", "一个路径", "a path", is_plain},
    {"PATTERN", "一个文件名样式，如 *.tmp 或 缓存/", "a pattern as *.tmp or cache/", is_plain},
    {"MAIL", "一个邮件地址", "a mail address", is_mail},
    {"RULE=TIER", "规则=级别，如 process.*=BLOCK", "RULE=TIER as process.*=BLOCK", is_raise},
    {"FROM..TO", "起止日期，如 2027-03-01..2027-03-15", "days as 2027-03-01..2027-03-15",
     is_period},
};

static bool is_kind(const char *value, const char *kind)
{
    size_t n = strlen(kind);
    return strncmp(value, kind, n) == 0 && (value[n] == '\0' || strcmp(value + n, "…") == 0);
}

/* 是 and 否 as YAML 1.1 has them: true and on are yes. */
static msh_view yes_or_no(msh_view v)
{
    static const char *const yes[] = {"yes", "true", "on", "是"};
    static const char *const no[] = {"no", "false", "off", "否"};
    for (size_t i = 0; i < 4; i++) {
        if (msh_view_eq_str(v, yes[i]))
            return MSH_VIEW("yes");
        if (msh_view_eq_str(v, no[i]))
            return MSH_VIEW("no");
    }
    return v;
}

msh_err msh_config_value(msh_arena *a, const msh_config_key *row, const char *key, msh_view value,
                         const char *dir, const char **out, char *zh, char *en)
{
    const char *want = row->value;
    if (memchr(value.len ? value.data : (const uint8_t *)"", 0, value.len))
        return refuse(zh, en, "文字", "text");
    if (strcmp(want, "NAME") == 0)
        return named_value(a, key, value, out, zh, en);
    if (strcmp(want, "yes|no") == 0)
        value = yes_or_no(value);
    if (strchr(want, '|') && !is_choice(want, value))
        return refuse(zh, en, want, want);
    if (strcmp(want, "N") == 0 && !is_number(value, "", 1000000))
        return refuse(zh, en, "一个正整数", "a positive number");
    if (strcmp(want, "N%") == 0 && !is_number(value, "%", 100))
        return refuse(zh, en, "百分数，如 1%", "a share as 1%");
    if (strcmp(want, "TIME") == 0 && !is_number(value, "hd", 100000))
        return refuse(zh, en, "时长，如 26h（小时）或 7d（天）", "a time as 26h or 7d");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (is_kind(want, kinds[i].kind) && !kinds[i].is(value))
            return refuse(zh, en, kinds[i].zh, kinds[i].en);
    if (is_kind(want, "PATH"))
        return path_value(a, value, dir, out);
    *out = msh_arena_string(a, value);
    return *out ? MSH_OK : MSH_E_MEMORY;
}
