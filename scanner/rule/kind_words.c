/* kind_words.c: {kind: words, any: [内部资料, …]}: words as they stand in the pack. */
#include "rule/words.h"

#include "base/err.h"

static msh_err compile(const msh_kind_compile *c, msh_node *find, void **state, msh_error *why)
{
    msh_node *list = msh_node_get(find, "any");
    if (!list || list->type != MSH_NODE_LIST || !list->child)
        return c->refuse(c->ctx, list ? list : find, "words 需要 any：至少一个词的列表",
                         "words needs any: a list of at least one word", why);
    msh_words *w = msh_words_new(c);
    if (!w)
        return msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
    for (msh_node *n = list->child; n; n = n->next) {
        bool usable = n->type == MSH_NODE_SCALAR;
        if (usable) {
            msh_err err = msh_words_add(c, w, n->value, &usable);
            if (err == MSH_E_RULES)
                return c->refuse(c->ctx, n, "词太多", "too many words", why);
            if (err != MSH_OK)
                return msh_fail(why, err, "内存不足 / out of memory");
        }
        if (!usable)
            return c->refuse(c->ctx, n, "词为空、过长，或只含会被忽略的字符",
                             "the word is empty, too long, or holds only ignored characters", why);
    }
    *state = w;
    return MSH_OK;
}

extern const msh_kind msh_kind_words;
const msh_kind msh_kind_words = {.name = "words",
                                 .views = 1u << MSH_VIEW_FOLDED | 1u << MSH_VIEW_JOINED,
                                 .hits_only = true,
                                 .compile = compile,
                                 .scan = msh_words_scan};
