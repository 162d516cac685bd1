/* kind.c: the table of kinds, from kinds.def. */
#include "rule/kind.h"

#include "base/view.h"

#define MSH_KIND(name) extern const msh_kind msh_kind_##name;
#include "rule/kinds.def"
#undef MSH_KIND

static const msh_kind *const kinds[] = {
#define MSH_KIND(name) &msh_kind_##name,
#include "rule/kinds.def"
#undef MSH_KIND
    NULL};

const msh_kind *msh_kind_named(msh_view name)
{
    for (size_t i = 0; kinds[i]; i++)
        if (msh_view_eq_str(name, kinds[i]->name))
            return kinds[i];
    return NULL;
}
