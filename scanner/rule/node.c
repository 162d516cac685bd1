/* node.c: reading members of a pack's maps, each asked for by key and type.
 *
 * A member of the wrong type, out of range or empty is refused with file, line and column. */
#include "rule/kind.h"

#include "base/err.h"
#include "base/view.h"
#include "text/fold.h"

msh_node *msh_node_get(msh_node *map, const char *key)
{
    if (!map || map->type != MSH_NODE_MAP)
        return NULL;
    for (msh_node *n = map->child; n; n = n->next)
        if (msh_view_eq_str(n->key, key)) {
            n->seen = true;
            return n;
        }
    return NULL;
}

/* The scalar named key, NULL when absent; refuses lists and maps. */
static msh_err scalar(const msh_kind_compile *c, msh_node *map, const char *key, msh_node **out,
                      msh_error *why)
{
    *out = msh_node_get(map, key);
    if (*out && (*out)->type != MSH_NODE_SCALAR)
        return c->refuse(c->ctx, *out, "这里应为一个值", "a single value is expected here", why);
    return MSH_OK;
}

msh_err msh_node_text(const msh_kind_compile *c, msh_node *map, const char *key, msh_view *out,
                      msh_error *why)
{
    msh_node *n;
    MSH_TRY(scalar(c, map, key, &n, why));
    if (!n)
        return MSH_OK;
    if (n->value.len == 0)
        return c->refuse(c->ctx, n, "值不能为空", "the value must not be empty", why);
    *out = n->value;
    return MSH_OK;
}

msh_err msh_node_uint(const msh_kind_compile *c, msh_node *map, const char *key,
                      msh_node_range range, uint64_t *out, msh_error *why)
{
    msh_node *n;
    MSH_TRY(scalar(c, map, key, &n, why));
    if (!n)
        return MSH_OK;
    uint64_t value = 0;
    bool good = n->value.len > 0 && n->value.len <= 12;
    for (size_t i = 0; good && i < n->value.len; i++) {
        uint8_t d = n->value.data[i];
        good = d >= '0' && d <= '9';
        value = value * 10 + (uint64_t)(d - '0');
    }
    if (!good)
        return c->refuse(c->ctx, n, "应为一个非负整数", "a whole number is expected", why);
    if (value < range.least || value > range.greatest)
        return c->refuse(c->ctx, n, "数值超出允许范围", "the number is out of range", why);
    *out = value;
    return MSH_OK;
}

msh_err msh_node_bool(const msh_kind_compile *c, msh_node *map, const char *key, bool *out,
                      msh_error *why)
{
    msh_node *n;
    MSH_TRY(scalar(c, map, key, &n, why));
    if (!n)
        return MSH_OK;
    if (msh_view_eq_str(n->value, "true") || msh_view_eq_str(n->value, "是"))
        *out = true;
    else if (msh_view_eq_str(n->value, "false") || msh_view_eq_str(n->value, "否"))
        *out = false;
    else
        return c->refuse(c->ctx, n, "应为 true 或 false", "true or false is expected", why);
    return MSH_OK;
}

static msh_err one_word(const msh_kind_compile *c, msh_node *n, msh_view *out, msh_error *why)
{
    n->seen = true;
    if (n->type != MSH_NODE_SCALAR)
        return c->refuse(c->ctx, n, "这里应为一个词", "a word is expected here", why);
    msh_buf folded;
    msh_buf_init(&folded, 4096);
    if (n->value.len > 1000 || !msh_fold_word(&folded, n->value)) {
        msh_buf_dispose(&folded);
        return c->refuse(c->ctx, n, "词为空、过长，或只含会被忽略的字符",
                         "the word is empty, too long, or holds only ignored characters", why);
    }
    *out = msh_arena_copy(c->arena, msh_buf_view(&folded));
    msh_buf_dispose(&folded);
    return out->data ? MSH_OK : msh_fail(why, MSH_E_MEMORY, "out of memory");
}

msh_err msh_node_words(const msh_kind_compile *c, msh_node *map, const char *key, msh_view **out,
                       size_t *n_out, msh_error *why)
{
    msh_node *list = msh_node_get(map, key);
    if (!list)
        return MSH_OK;
    if (list->type != MSH_NODE_LIST || !list->child)
        return c->refuse(c->ctx, list, "这里应为词的列表，至少一个词",
                         "a list of at least one word is expected here", why);
    size_t n = 0;
    for (const msh_node *w = list->child; w; w = w->next)
        n++;
    msh_view *words = msh_arena_calloc(c->arena, n, sizeof *words);
    if (!words)
        return msh_fail(why, MSH_E_MEMORY, "out of memory");
    n = 0;
    for (msh_node *w = list->child; w; w = w->next)
        MSH_TRY(one_word(c, w, &words[n++], why));
    *out = words;
    *n_out = n;
    return MSH_OK;
}
