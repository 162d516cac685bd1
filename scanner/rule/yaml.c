/* yaml.c: libyaml's events to a tree of nodes; the only door to libyaml. See yaml.h.
 *
 * Bounded: 16 levels, a million nodes, 64 members a map. */
#include "rule/yaml.h"

#include "base/err.h"
#include "base/view.h"

#include <yaml.h>

#include <string.h>

enum { MAX_DEPTH = 16, MAX_NODES = 1000000, MAX_MEMBERS = 64, MAX_KEY = 40 };

void msh_yaml_tail(const char *path, char *out, size_t size)
{
    size_t len = strlen(path);
    path = len >= size ? path + len - size + 1 : path;
    while (((unsigned char)*path & 0xc0) == 0x80)
        path++;
    memcpy(out, path, strlen(path) + 1);
}

msh_err msh_yaml_refuse(msh_yaml_at at, const char *zh, const char *en, msh_error *why)
{
    char name[121];
    msh_yaml_tail(at.name, name, sizeof name);
    return msh_fail(why, MSH_E_RULES, "%s:%zu:%zu: 错误：%s / error: %s", name, at.line, at.column,
                    zh, en);
}

/* --- before libyaml -------------------------------------------------------------------------- */

static msh_yaml_at place_of(const char *name, msh_view bytes, size_t offset)
{
    msh_yaml_at at = {name, 1, 1};
    for (size_t i = 0; i < offset && i < bytes.len; i++) {
        if (bytes.data[i] == '\n') {
            at.line++;
            at.column = 1;
        } else if ((bytes.data[i] & 0xc0) != 0x80) {
            at.column++;
        }
    }
    return at;
}

/* Where the first byte stands that is not part of well-formed UTF-8. */
static size_t first_bad(msh_view bytes)
{
    for (size_t at = 0, n; at < bytes.len; at += n) {
        for (n = 1; n <= 4 && !msh_view_is_utf8(msh_view_cut(bytes, at, n)); n++)
            continue;
        if (n > 4)
            return at;
    }
    return bytes.len;
}

static msh_err check_encoding(const char *name, msh_view bytes, msh_error *why)
{
    if (msh_view_starts(bytes, MSH_VIEW("\xff\xfe")) ||
        msh_view_starts(bytes, MSH_VIEW("\xfe\xff")))
        return msh_yaml_refuse((msh_yaml_at){name, 1, 1}, "文件是 UTF-16 编码，请另存为 UTF-8",
                               "the file is UTF-16, save it as UTF-8", why);
    if (!msh_view_is_utf8(bytes))
        return msh_yaml_refuse(place_of(name, bytes, first_bad(bytes)),
                               "这里不是 UTF-8（可能是 GBK），请把文件另存为 UTF-8",
                               "not UTF-8 from here on (GBK?), save the file as UTF-8", why);
    const uint8_t *nul = bytes.len ? memchr(bytes.data, 0, bytes.len) : NULL;
    if (nul)
        return msh_yaml_refuse(place_of(name, bytes, (size_t)(nul - bytes.data)),
                               "文件含有空字节，不是文本文件，请另存为 UTF-8 文本",
                               "a NUL byte: not a text file, save it as UTF-8 text", why);
    return MSH_OK;
}

static bool is_key_char(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || c == '_' || c == '-';
}

/* A known key at the beginning of a line, or after { or , outside of quotes, with ： after it. */
static msh_err check_colons(const char *name, msh_view bytes, bool (*known)(msh_view key),
                            msh_error *why)
{
    const msh_view wide = MSH_VIEW("：");
    for (size_t at = 0; (at = msh_view_find(bytes, wide, at)) != SIZE_MAX; at += wide.len) {
        size_t from = at;
        while (from > 0 && at - from < MAX_KEY && is_key_char(bytes.data[from - 1]))
            from--;
        if (!known(msh_view_cut(bytes, from, at - from)))
            continue;
        size_t before = from, line = from;
        while (before > 0 && (bytes.data[before - 1] == ' ' || bytes.data[before - 1] == '-'))
            before--;
        while (line > 0 && from - line < 4096 && bytes.data[line - 1] != '\n')
            line--;
        size_t quotes = 0;
        for (size_t i = line; i < from; i++)
            quotes += bytes.data[i] == '\'' || bytes.data[i] == '"';
        uint8_t c = before > 0 ? bytes.data[before - 1] : '\n';
        if (c == '\n' || ((c == '{' || c == ',') && quotes % 2 == 0))
            return msh_yaml_refuse(place_of(name, bytes, at),
                                   "这里是全角冒号“：”，请改为半角冒号加一个空格",
                                   "a full-width colon, write a plain colon and a blank", why);
    }
    return MSH_OK;
}

/* --- events ---------------------------------------------------------------------------------- */

typedef struct level {
    msh_node *node, *last; /* list or map, and its last child */
    size_t members;
    msh_view key; /* of a map: read, its value not yet */
    msh_yaml_at key_at;
    bool has_key;
} level;

typedef struct reader {
    msh_arena *arena;
    const char *name;
    msh_error *why;
    msh_node *root;
    level stack[MAX_DEPTH];
    size_t depth, nodes;
} reader;

static msh_yaml_at place(const reader *r, yaml_mark_t mark)
{
    return (msh_yaml_at){r->name, mark.line + 1, mark.column + 1};
}

static msh_err no_memory(msh_error *why)
{
    return msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
}

static msh_err new_node(reader *r, const yaml_event_t *e, int type, msh_node **out)
{
    if (++r->nodes > MAX_NODES)
        return msh_yaml_refuse(place(r, e->start_mark), "条目过多，请分成几个文件",
                               "too many entries, part the file", r->why);
    msh_node *n = msh_arena_calloc(r->arena, 1, sizeof *n);
    if (!n)
        return no_memory(r->why);
    n->type = type;
    n->line = e->start_mark.line + 1;
    n->column = e->start_mark.column + 1;
    *out = n;
    return MSH_OK;
}

/* Hang a node into the innermost list or map. */
static msh_err hang(reader *r, msh_node *n)
{
    if (r->depth == 0) {
        r->root = n;
        return MSH_OK;
    }
    level *l = &r->stack[r->depth - 1];
    if (l->node->type == MSH_NODE_MAP) {
        n->key = l->key;
        n->key_line = l->key_at.line;
        n->key_column = l->key_at.column;
        l->has_key = false;
        l->members++;
    }
    if (l->last)
        l->last->next = n;
    else
        l->node->child = n;
    l->last = n;
    return MSH_OK;
}

static bool wants_key(const reader *r)
{
    const level *l = r->depth ? &r->stack[r->depth - 1] : NULL;
    return l && l->node->type == MSH_NODE_MAP && !l->has_key;
}

static msh_err take_key(reader *r, const yaml_event_t *e)
{
    level *l = &r->stack[r->depth - 1];
    msh_view key = {e->data.scalar.value, e->data.scalar.length};
    msh_yaml_at at = place(r, e->start_mark);
    if (key.len == 0 || key.len > MAX_KEY)
        return msh_yaml_refuse(at, "键为空或过长", "an empty or overlong key", r->why);
    if (l->members >= MAX_MEMBERS)
        return msh_yaml_refuse(at, "键过多", "too many keys", r->why);
    for (const msh_node *n = l->node->child; n; n = n->next)
        if (msh_view_eq(n->key, key))
            return msh_yaml_refuse(at, "重复的键", "a key given twice", r->why);
    l->key = msh_arena_copy(r->arena, key);
    l->key_at = at;
    l->has_key = true;
    return l->key.data ? MSH_OK : no_memory(r->why);
}

static msh_err on_scalar(reader *r, const yaml_event_t *e)
{
    if (e->data.scalar.anchor || e->data.scalar.tag)
        return msh_yaml_refuse(place(r, e->start_mark), "不允许锚点（&）和标签（!），请加引号",
                               "anchors (&) and tags (!) are not allowed, use quotes", r->why);
    if (wants_key(r))
        return take_key(r, e);
    msh_node *n = NULL;
    MSH_TRY(new_node(r, e, MSH_NODE_SCALAR, &n));
    n->value = msh_arena_copy(r->arena, (msh_view){e->data.scalar.value, e->data.scalar.length});
    return n->value.data ? hang(r, n) : no_memory(r->why);
}

static msh_err on_open(reader *r, const yaml_event_t *e, int type, bool decorated)
{
    if (decorated)
        return msh_yaml_refuse(place(r, e->start_mark), "不允许锚点（&）和标签（!）",
                               "anchors (&) and tags (!) are not allowed", r->why);
    if (wants_key(r))
        return msh_yaml_refuse(place(r, e->start_mark), "键必须是一个词", "a key must be a word",
                               r->why);
    if (r->depth == MAX_DEPTH)
        return msh_yaml_refuse(place(r, e->start_mark), "嵌套过深", "nested too deep", r->why);
    msh_node *n = NULL;
    MSH_TRY(new_node(r, e, type, &n));
    MSH_TRY(hang(r, n));
    r->stack[r->depth++] = (level){.node = n};
    return MSH_OK;
}

/* *done after the last event. */
static msh_err on_event(reader *r, const yaml_event_t *e, bool *done)
{
    switch (e->type) {
    case YAML_SCALAR_EVENT:
        return on_scalar(r, e);
    case YAML_SEQUENCE_START_EVENT:
        return on_open(r, e, MSH_NODE_LIST,
                       e->data.sequence_start.anchor || e->data.sequence_start.tag);
    case YAML_MAPPING_START_EVENT:
        return on_open(r, e, MSH_NODE_MAP,
                       e->data.mapping_start.anchor || e->data.mapping_start.tag);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        r->depth--;
        return MSH_OK;
    case YAML_ALIAS_EVENT:
        return msh_yaml_refuse(place(r, e->start_mark), "不允许别名（*），请加引号",
                               "aliases (*) are not allowed, use quotes", r->why);
    case YAML_DOCUMENT_START_EVENT:
        if (r->root)
            return msh_yaml_refuse(place(r, e->start_mark), "一个文件只能有一个文档",
                                   "only one document in a file", r->why);
        if (e->data.document_start.version_directive ||
            e->data.document_start.tag_directives.start !=
                e->data.document_start.tag_directives.end)
            return msh_yaml_refuse(place(r, e->start_mark), "不允许 % 指令",
                                   "directives (%) are not allowed", r->why);
        return MSH_OK;
    case YAML_STREAM_END_EVENT:
        *done = true;
        return MSH_OK;
    default:
        return MSH_OK;
    }
}

static msh_err syntax_error(const reader *r, const yaml_parser_t *p, msh_view bytes)
{
    if (p->error == YAML_MEMORY_ERROR)
        return no_memory(r->why);
    msh_yaml_at at = place(r, p->problem_mark);
    if (p->error == YAML_READER_ERROR)
        at = place_of(r->name, bytes, p->problem_offset);
    return msh_yaml_refuse(at, "YAML 写法有误，请检查缩进、引号、冒号后的空格和短横",
                           p->problem ? p->problem : "malformed YAML", r->why);
}

msh_err msh_yaml_read(msh_arena *a, const char *name, msh_view bytes, bool (*known)(msh_view key),
                      msh_node **root, msh_error *why)
{
    *root = NULL;
    MSH_TRY(check_encoding(name, bytes, why));
    if (msh_view_starts(bytes, MSH_VIEW("\xef\xbb\xbf")))
        bytes = msh_view_cut(bytes, 3, bytes.len);
    MSH_TRY(check_colons(name, bytes, known, why));
    reader r = {.arena = a, .name = name, .why = why};
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return no_memory(why);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, bytes.len ? bytes.data : (const uint8_t *)"", bytes.len);
    msh_err err = MSH_OK;
    for (bool done = false; !done && err == MSH_OK;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            err = syntax_error(&r, &parser, bytes);
            break;
        }
        err = on_event(&r, &event, &done);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    *root = r.root;
    return err;
}
