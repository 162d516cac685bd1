/* names_review.c: stable names and people's words of the tables of review.h. */
#include <mishen/review.h>

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
    const char *name, *zh, *en;
} states[] =
    {
#define X(id, name, zh, en) {name, zh, en},
        MSH_RELEASE_STATES(X)
#undef X
},
  acts[] = {
#define MSH_ACT(id, name, role, zh, en) {name, zh, en},
#include <mishen/reviewacts.def>
#undef MSH_ACT
};

static const msh_refusal refusals[] = {
#define MSH_REFUSAL(code, zh, en, basis) {code, zh, en, basis},
#include <mishen/refusals.def>
#undef MSH_REFUSAL
};

static const msh_category categories[] = {
#define MSH_CATEGORY(name, zh, en, steps) {name, zh, en, steps},
#include <mishen/categories.def>
#undef MSH_CATEGORY
};

const char *msh_release_state_name(msh_release_state s)
{
    return (unsigned)s < COUNT(states) ? states[s].name : "?";
}

const char *msh_release_state_text(msh_release_state s, msh_lang lang)
{
    if ((unsigned)s >= COUNT(states))
        return "?";
    return lang == MSH_LANG_EN ? states[s].en : states[s].zh;
}

const char *msh_act_name(msh_act a)
{
    return (unsigned)a < COUNT(acts) ? acts[a].name : "?";
}

const char *msh_act_text(msh_act a, msh_lang lang)
{
    if ((unsigned)a >= COUNT(acts))
        return "?";
    return lang == MSH_LANG_EN ? acts[a].en : acts[a].zh;
}

msh_act msh_act_named(const char *name)
{
    size_t i = 0;
    while (i < COUNT(acts) && strcmp(acts[i].name, name) != 0)
        i++;
    return (msh_act)i;
}

bool msh_refusal_get(size_t i, msh_refusal *out)
{
    if (i >= COUNT(refusals))
        return false;
    *out = refusals[i];
    return true;
}

bool msh_category_get(size_t i, msh_category *out)
{
    if (i >= COUNT(categories))
        return false;
    *out = categories[i];
    return true;
}
