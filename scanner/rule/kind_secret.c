/* kind_secret.c: {kind: secret, keys: [password, …], value: password|token|userinfo}: something
 * secret that is assigned to a name: password=…, "appSecret": "…", <pwd>…</pwd>, 密码：….
 *
 * Finding the name is easy; most of what stands behind it is no secret: variables, templates, empty
 * examples, words of a form. So the value must look as if somebody, or a random generator, made it:
 * not a placeholder, not a name of a programming language, enough kinds of characters, and for a
 * token enough entropy. Reads the text as written: case is half of the entropy. */
#include "rule/kind.h"

#include "base/err.h"
#include "base/view.h"
#include "rule/chars.h"

#include <string.h>

typedef enum secret_value { VALUE_PASSWORD, VALUE_TOKEN, VALUE_USERINFO } secret_value;

typedef struct secret_state {
    secret_value value;
} secret_state;

enum {
    KEY_TAIL = 24, /* letters of a name behind the key: password_hash_2 */
    GAP = 6,       /* blanks and quotes around the sign */
    VALUE_MOST = 200,
    PASSWORD_LEAST = 6,
    PASSWORD_MOST = 40,
    SPOKEN_LEAST = 8,   /* of one with only a blank before it; SHA256 and others are shorter */
    ACCOUNT_REACH = 90, /* bytes before a key in which 账号 speaks of the same */
    TOKEN_LEAST = 16,
    TOKEN_WORD = 6,       /* letters of a word that is no accident in a token */
    TOKEN_BITS = 3 * 256, /* entropy a character, in 1/256 bit */
    CLASSES = 4
};

static bool is_word(uint8_t c)
{
    return msh_chars_is_alnum(c) || c == '_';
}

/* --- the value ----------------------------------------------------------------------------------
 */

/* Behind "=", ":", "=>", "：", ">" and quotes; SIZE_MAX when nothing is assigned. */
static size_t value_start(msh_view t, size_t at, bool tail)
{
    size_t len, n = 0;
    tail = tail && at < t.len && !(t.data[at] >= 'a' && t.data[at] <= 'z'); /* no secretary */
    for (; tail && n < KEY_TAIL && at < t.len && is_word(t.data[at]); n++)
        at++;
    for (n = 0; n < GAP && at < t.len && strchr(" \t\"'])", t.data[at]) && t.data[at]; n++)
        at++;
    uint32_t cp = msh_chars_at(t, at, &len);
    if (cp != '=' && cp != ':' && cp != 0xFF1A && cp != '>')
        return SIZE_MAX;
    at += len;
    if (cp == '=' && at < t.len && t.data[at] == '=') /* a comparison assigns nothing */
        return SIZE_MAX;
    at += cp == '=' && at < t.len && t.data[at] == '>';
    for (n = 0; n < GAP && at < t.len && strchr(" \t\"'`", t.data[at]) && t.data[at]; n++)
        at++;
    return at < t.len ? at : SIZE_MAX;
}

/* 登录密码为…, 口令 …: as people write it behind a Chinese name. *blank: only a blank parts them.
 */
static size_t spoken_start(msh_view t, size_t at, bool *blank)
{
    static const char *const verbs[] = {"统一设为", "设置为", "重置为", "默认为", "统一为",
                                        "均为",     "都是",   "设为",   "改为",   "就是",
                                        "为",       "是",     ":",      "：",     "="};
    size_t start = at;
    while (at < t.len && at - start < GAP && (t.data[at] == ' ' || t.data[at] == '\t'))
        at++;
    *blank = at > start;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (msh_chars_has(t, at, msh_view_str(verbs[i]))) {
            at += strlen(verbs[i]);
            *blank = false;
            break;
        }
    if (at == start)
        return SIZE_MAX;
    static const char *const signs[] = {" ", "\t", ":", "：", "“", "‘", "\"", "'", "`"};
    for (size_t i = 0, n = 0; n < GAP && i < sizeof signs / sizeof signs[0]; i++)
        if (msh_chars_has(t, at, msh_view_str(signs[i]))) {
            at += strlen(signs[i]);
            i = SIZE_MAX; /* from the first sign again */
            n++;
        }
    return at < t.len ? at : SIZE_MAX;
}

static size_t value_end(msh_view t, size_t at)
{
    size_t end = at;
    while (end < t.len && end - at <= VALUE_MOST && t.data[end] > ' ' && t.data[end] < 0x7F &&
           !strchr("\"'`<>,;&|\\", t.data[end]))
        end++;
    while (end > at && strchr(".)]}", t.data[end - 1])) /* of the sentence, not of the secret */
        end--;
    return end;
}

/* One of the words that has `least` letters or more, or is no word, stands in it. */
static bool has_any(msh_view v, const char *const *words, size_t least)
{
    for (; *words; words++) {
        size_t n = strlen(*words);
        if (n < least && msh_chars_is_alnum((uint8_t) * *words))
            continue; /* in random letters it stands by chance */
        for (size_t at = 0; at + n <= v.len; at++) {
            size_t i = 0;
            while (i < n && ((v.data[at + i] | 32) == (uint8_t)(*words)[i] ||
                             v.data[at + i] == (uint8_t)(*words)[i]))
                i++;
            if (i == n)
                return true;
        }
    }
    return false;
}

static bool is_placeholder(msh_view v, size_t least)
{
    static const char *const words[] = {
        "${",        "{{",           "#{",          "<%",        "%s",        "%(",
        "$(",        "***",          "xxx",         "...",       "your",      "example",
        "changeme",  "change_me",    "placeholder", "password",  "passwd",    "secret",
        "dummy",     "sample",       "default",     "todo",      "undefined", "function",
        "getenv",    "environ",      "process.",    "config.",   "request",   "params",
        "document",  "123456789012", "abcdef",      "(",         "[",         "={",
        "localhost", "://",          "redacted",    "encrypted", "test",      "demo",
        "null",      "false",        "true",        NULL};
    if (v.data[0] == '$' || v.data[0] == '@' || v.data[0] == '%' || v.data[0] == '#' ||
        v.data[0] == '/' || v.data[0] == '.' || v.data[0] == '*')
        return true;
    return has_any(v, words, least);
}

static unsigned classes(msh_view v, size_t *distinct)
{
    bool seen[CLASSES] = {false};
    uint64_t have[2] = {0, 0};
    *distinct = 0;
    for (size_t i = 0; i < v.len; i++) {
        uint8_t c = v.data[i];
        seen[c >= '0' && c <= '9'   ? 0
             : c >= 'a' && c <= 'z' ? 1
             : c >= 'A' && c <= 'Z' ? 2
                                    : 3] = true;
        uint64_t bit = (uint64_t)1 << (c & 63);
        *distinct += !(have[c >> 6 & 1] & bit);
        have[c >> 6 & 1] |= bit;
    }
    return seen[0] + seen[1] + seen[2] + seen[3];
}

/* 256 × log2(n), by squaring; n ≥ 1. */
static unsigned log2_256(uint64_t n)
{
    unsigned whole = 63 - (unsigned)__builtin_clzll(n), part = 0;
    uint64_t x = whole >= 31 ? n >> (whole - 31) : n << (31 - whole); /* 1.x in 1/2^31 */
    for (int i = 0; i < 8; i++) {
        x = x * x >> 31;
        part = part * 2 + (unsigned)(x >> 32 & 1);
        x >>= x >> 32 & 1;
    }
    return whole * 256 + part;
}

/* Shannon entropy of its characters, in 1/256 bit. */
static unsigned entropy(msh_view v)
{
    unsigned counts[256] = {0};
    uint64_t sum = 0;
    for (size_t i = 0; i < v.len; i++)
        counts[v.data[i]]++;
    for (size_t c = 0; c < 256; c++)
        if (counts[c])
            sum += (uint64_t)counts[c] * log2_256(counts[c]);
    return log2_256(v.len) - (unsigned)(sum / v.len);
}

/* Words joined by - _ . or capitals are names of things: user-login-form, btnSubmit1. */
static bool is_identifier(msh_view v)
{
    size_t letters = 0, digits = 0, breaks = 0;
    for (size_t i = 0; i < v.len; i++) {
        uint8_t c = v.data[i];
        bool digit = c >= '0' && c <= '9';
        letters += msh_chars_is_alnum(c) && !digit;
        digits += digit;
        breaks += c == '-' || c == '_' || c == '.';
    }
    return letters + digits + breaks == v.len && (digits == 0 || (breaks && digits <= 1));
}

static bool is_password(msh_view v)
{
    size_t distinct;
    if (v.len < PASSWORD_LEAST || v.len > PASSWORD_MOST || is_placeholder(v, 1) || is_identifier(v))
        return false;
    return classes(v, &distinct) >= 2 && distinct >= 5;
}

static bool is_token(msh_view v)
{
    size_t distinct;
    if (v.len < TOKEN_LEAST || is_placeholder(v, TOKEN_WORD) || is_identifier(v))
        return false;
    for (size_t i = 0; i < v.len; i++)
        if (!msh_chars_is_alnum(v.data[i]) && !strchr("+/=_-.~:", v.data[i]))
            return false;
    return classes(v, &distinct) >= 2 && entropy(v) >= TOKEN_BITS;
}

/* --- the kind -----------------------------------------------------------------------------------
 */

/* The hit begins a word: not 'nopassword', but 'db.password', 'userPassword', 'DB_PASSWORD'. */
static bool begins_word(msh_view t, size_t at)
{
    if (at == 0 || t.data[at] >= 0x80)
        return true;
    uint8_t before = t.data[at - 1];
    bool upper = t.data[at] >= 'A' && t.data[at] <= 'Z';
    bool lower_before = before >= 'a' && before <= 'z';
    return !msh_chars_is_alnum(before) || (upper && lower_before);
}

/* //name:password@host, the slashes ending at `at`: the password. */
static bool userinfo(msh_view t, size_t at, size_t *start, size_t *end)
{
    size_t name = at;
    while (at < t.len && at - name < PASSWORD_MOST && (is_word(t.data[at]) || t.data[at] == '.'))
        at++;
    if (at == name || at >= t.len || t.data[at] != ':')
        return false;
    *start = *end = at + 1;
    while (*end < t.len && *end - at <= PASSWORD_MOST && t.data[*end] > ' ' &&
           t.data[*end] < 0x7F && !strchr("/@:\"'<>\\?&", t.data[*end]))
        ++*end;
    return *end + 1 < t.len && t.data[*end] == '@' && is_word(t.data[*end + 1]);
}

/* A name of an account stands before it on the line: 账号：admin，口令 …. */
static bool beside_account(msh_view t, size_t at)
{
    static const char *const words[] = {"账号", "帐号",  "账户", "帐户", "用户",
                                        "登录", "admin", "root", NULL};
    size_t from = at;
    while (from > 0 && at - from < ACCOUNT_REACH && t.data[from - 1] != '\n')
        from--;
    return msh_chars_any(t, from, at, words);
}

/* With nothing but a blank before it, it must be beyond doubt: no 口令 SM4-CBC. */
static bool is_plain_password(msh_view t, size_t key, msh_view v)
{
    size_t distinct;
    if (v.len < SPOKEN_LEAST || !is_password(v))
        return false;
    return beside_account(t, key) || classes(v, &distinct) == CLASSES;
}

/* What is assigned to the key that the hit found; false when it is not looked for. */
static bool find_value(const secret_state *st, msh_view t, const msh_literal_hit *hit,
                       size_t *start, size_t *end)
{
    if (st->value == VALUE_USERINFO)
        return userinfo(t, hit->end, start, end) &&
               is_password(msh_view_cut(t, *start, *end - *start));
    if (!begins_word(t, hit->start))
        return false;
    bool chinese = t.data[hit->start] >= 0x80, blank = false;
    *start = value_start(t, hit->end, !chinese);
    if (*start == SIZE_MAX || (chinese && t.data[*start] >= 0x80))
        *start =
            chinese && st->value == VALUE_PASSWORD ? spoken_start(t, hit->end, &blank) : SIZE_MAX;
    if (*start == SIZE_MAX)
        return false;
    *end = value_end(t, *start);
    msh_view v = msh_view_cut(t, *start, *end - *start);
    if (blank)
        return v.len > 0 && is_plain_password(t, hit->start, v);
    return v.len > 0 && (st->value == VALUE_TOKEN ? is_token(v) : is_password(v));
}

static msh_err secret_scan(const void *state, const msh_kind_text *t, const msh_literal_hit *hits,
                           size_t n_hits, const msh_kind_out *out)
{
    const secret_state *st = state;
    size_t done = 0;
    for (size_t i = 0; i < n_hits; i++) {
        size_t start, end;
        if (hits[i].start < done || !find_value(st, t->text, &hits[i], &start, &end))
            continue;
        done = end;
        msh_candidate c = {.start = start,
                           .end = end,
                           .excerpt = msh_mask(
                               out->scratch, msh_view_cut(t->text, start, end - start), 1, 0, "█")};
        if (!c.excerpt.data)
            return MSH_E_MEMORY;
        MSH_TRY(out->found(out->ctx, &c));
    }
    return MSH_OK;
}

/* find: {kind: secret, keys: [password, pwd], value: password|token|userinfo} */
static msh_err secret_compile(const msh_kind_compile *c, msh_node *find, void **state,
                              msh_error *why)
{
    msh_view *keys = NULL, value = MSH_VIEW("password");
    size_t n = 0;
    secret_state *st = msh_arena_calloc(c->arena, 1, sizeof *st);
    if (!st)
        return msh_fail(why, MSH_E_MEMORY, "out of memory");
    MSH_TRY(msh_node_words(c, find, "keys", &keys, &n, why));
    MSH_TRY(msh_node_text(c, find, "value", &value, why));
    static const char *const names[] = {"password", "token", "userinfo"};
    while (st->value <= VALUE_USERINFO && !msh_view_eq_str(value, names[st->value]))
        st->value++;
    if (st->value > VALUE_USERINFO)
        return c->refuse(c->ctx, msh_node_get(find, "value"),
                         "value 应为 password、token 或 userinfo",
                         "value: password, token or userinfo", why);
    if (n == 0)
        return c->refuse(c->ctx, find, "缺少 keys：名称", "keys, the names, are missing", why);
    for (size_t i = 0; i < n; i++)
        MSH_TRY(c->want_literal(c->ctx, keys[i], 0));
    *state = st;
    return MSH_OK;
}

const msh_kind msh_kind_secret = {
    .name = "secret",
    .views = 1u << MSH_VIEW_WRITTEN,
    .compile = secret_compile,
    .scan = secret_scan,
};
