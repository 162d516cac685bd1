/* regex_parts.c: see regex_parts.h. Groups and classes are told apart, nothing else is understood.
 */
#include "rule/regex_parts.h"

#include "base/view.h"

enum { MAX_DEPTH = 60, MAX_BARS = 64 };

typedef struct group {
    size_t open;          /* of its bracket */
    size_t inner;         /* where its first alternative begins */
    size_t bar[MAX_BARS]; /* of its alternatives */
    size_t bars;
    bool look;
} group;

static void add(msh_regex_parts *out, size_t start, size_t end)
{
    if (out->n < MSH_REGEX_PARTS && end > start)
        out->part[out->n++] = (msh_regex_part){start, end};
}

/* Each alternative with one of the bars beside it. */
static void add_alternatives(msh_regex_parts *out, const group *g, size_t end)
{
    for (size_t i = 0; g->bars && i <= g->bars; i++) {
        size_t from = i == 0 ? g->inner : g->bar[i - 1];
        size_t to = i == 0 ? g->bar[0] + 1 : i < g->bars ? g->bar[i] : end;
        add(out, from, to);
    }
}

static size_t pass_class(msh_view p, size_t at)
{
    at++;
    if (at < p.len && p.data[at] == '^')
        at++;
    if (at < p.len && p.data[at] == ']')
        at++;
    for (; at < p.len && p.data[at] != ']'; at++)
        if (p.data[at] == '\\')
            at++;
    return at;
}

/* Fills what stands behind the bracket; false for a group of flags only, (?i), passed as a whole.
 */
static bool open_group(msh_view p, size_t at, group *g, size_t *end)
{
    *g = (group){.open = at, .inner = at + 1};
    if (at + 1 >= p.len || p.data[at + 1] != '?')
        return true;
    static const char *const looks[] = {"(?=", "(?!", "(?<=", "(?<!"};
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++)
        if (msh_view_starts(msh_view_cut(p, at, 4), msh_view_str(looks[i]))) {
            g->look = true;
            g->inner = at + msh_view_str(looks[i]).len;
            return true;
        }
    size_t i = at + 2;
    while (i < p.len && p.data[i] != ':' && p.data[i] != '>' && p.data[i] != ')' &&
           p.data[i] != '|')
        i++;
    g->inner = i + 1;
    *end = i + 1;
    return i >= p.len || p.data[i] != ')';
}

void msh_regex_parts_of(msh_view p, msh_regex_parts *out)
{
    group stack[MAX_DEPTH];
    size_t depth = 1;
    *out = (msh_regex_parts){.n = 0};
    stack[0] = (group){.inner = 0};
    for (size_t at = 0; at < p.len; at++) {
        group *g = &stack[depth - 1];
        uint8_t c = p.data[at];
        if (c == '\\') {
            at++;
        } else if (c == '[') {
            at = pass_class(p, at);
        } else if (c == '(' && depth < MAX_DEPTH) {
            size_t end = at;
            if (open_group(p, at, &stack[depth], &end)) {
                at = stack[depth++].inner - 1;
            } else {
                add(out, at, end);
                at = end - 1;
            }
        } else if (c == ')' && depth > 1) {
            add_alternatives(out, g, at);
            bool optional = at + 1 < p.len && p.data[at + 1] == '?';
            if (g->look || optional)
                add(out, g->open, at + 1 + optional);
            depth--;
        } else if (c == '|' && g->bars < MAX_BARS) {
            g->bar[g->bars++] = at;
        }
    }
    if (depth == 1)
        add_alternatives(out, &stack[0], p.len);
}
