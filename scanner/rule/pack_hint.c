/* pack_hint.c: the keys of packs, what each is for, and which one a wrong key was meant to be. */
#include "rule/pack_hint.h"

#include "base/near.h"
#include "base/view.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *key, *zh; /* what to write, where it can be missing */
} keys[] = {
    {"format", "1"},
    {"pack", "{id: 包名, version: \"1\"}"},
    {"rules", ""},
    {"id", "编号（小写字母、数字、点、短横）"},
    {"name", "规则的名称"},
    {"name_en", "name"},
    {"category", "类别（如 工作秘密）"},
    {"tier", "阻断（或 复核、提示）"},
    {"tiers", ""},
    {"basis", "依据的法规和条款"},
    {"basis_en", ""},
    {"laws", ""},
    {"title", "法规的名称"},
    {"article", ""},
    {"url", ""},
    {"explain", "命中说明了什么"},
    {"explain_en", ""},
    {"advice", "看到的人应该怎么办"},
    {"advice_en", ""},
    {"find", "{kind: words, any: [要找的词]}"},
    {"kind", "words"},
    {"any", "[词]"},
    {"file", ""},
    {"pattern", ""},
    {"group", ""},
    {"view", ""},
    {"where", ""},
    {"position", ""},
    {"near", ""},
    {"within", ""},
    {"except", ""},
    {"before", ""},
    {"after", ""},
    {"quoted", ""},
    {"words", ""},
    {"count", ""},
    {"distinct", ""},
    {"valid", ""},
    {"from", ""},
    {"to", ""},
    {"tests", ""},
    {"text", "测试用的文字"},
    {"each", ""},
    {"expect", ""},
    {"at", ""},
    {"role", ""},
    {"medium", ""},
    {"publisher", ""},
    {"version", "\"1\""},
    {"effective", ""},
    {"beside", ""},
    {"but", ""},
    {"site", ""},
    {"outbox", ""},
    {"what", ""},
    {"levels", ""},
};

enum { KEYS = sizeof keys / sizeof keys[0] };

bool msh_hint_known(msh_view key)
{
    for (size_t i = 0; i < KEYS; i++)
        if (msh_view_eq_str(key, keys[i].key))
            return true;
    return false;
}

static const char *key_at(const void *ctx, size_t i)
{
    (void)ctx;
    return keys[i].key;
}

void msh_hint_unknown(msh_view key, char zh[160], char en[120])
{
    const char *like = msh_hint_known(key) ? NULL : msh_near_word(key, key_at, NULL, KEYS);
    int len = (int)(key.len < 40 ? key.len : 40);
    const char *k = (const char *)key.data;
    if (like) {
        (void)snprintf(zh, 160, "不认识的键 %.*s，是不是 %s？", len, k, like);
        (void)snprintf(en, 120, "unknown key, do you mean %s?", like);
    } else if (msh_hint_known(key)) {
        (void)snprintf(zh, 160, "不认识的键 %.*s：它不能写在这里，请检查缩进", len, k);
        (void)snprintf(en, 120, "unknown key here, look at the indentation");
    } else {
        (void)snprintf(zh, 160, "不认识的键 %.*s，请删去或改正", len, k);
        (void)snprintf(en, 120, "unknown key, remove or mend it");
    }
}

void msh_hint_missing(const char *key, char zh[160], char en[120])
{
    const char *what = "";
    for (size_t i = 0; i < KEYS; i++)
        if (strcmp(keys[i].key, key) == 0)
            what = keys[i].zh;
    (void)snprintf(en, 120, "%s is missing", key);
    if (what[0])
        (void)snprintf(zh, 160, "缺少 %s，请写一行 %s: %s", key, key, what);
    else
        (void)snprintf(zh, 160, "缺少 %s", key);
}
