/* saved_fields.c: fields of a saved run; nothing is guessed. */
#include "report/saved_fields.h"

#include "base/view.h"

bool msh_saved_text(const msh_json *j, const char *key, size_t most, msh_view *out)
{
    const msh_json *m = msh_json_get(j, key);
    if (!m || m->type != MSH_JSON_STRING || m->text.len > most)
        return false;
    *out = m->text;
    return true;
}

bool msh_saved_uint(const msh_json *j, const char *key, uint64_t most, uint64_t *out)
{
    const msh_json *m = msh_json_get(j, key);
    if (!m || m->type != MSH_JSON_NUMBER || !m->is_int || m->integer < 0 ||
        (uint64_t)m->integer > most)
        return false;
    *out = (uint64_t)m->integer;
    return true;
}

bool msh_saved_uint_if(const msh_json *j, const char *key, uint64_t most, uint64_t *out)
{
    const msh_json *m = msh_json_get(j, key);
    return !m || m->type == MSH_JSON_NULL || msh_saved_uint(j, key, most, out);
}

bool msh_saved_bool(const msh_json *j, const char *key, bool *out)
{
    const msh_json *m = msh_json_get(j, key);
    if (!m || (m->type != MSH_JSON_TRUE && m->type != MSH_JSON_FALSE))
        return false;
    *out = m->type == MSH_JSON_TRUE;
    return true;
}

static const char *word_of(msh_saved_words which, int i)
{
    switch (which) {
    case MSH_SAVED_VERDICT:
        return msh_verdict_name((msh_verdict)i);
    case MSH_SAVED_TIER:
        return msh_tier_name((msh_tier)i);
    case MSH_SAVED_OUTCOME:
        return msh_outcome_name((msh_outcome)i);
    default:
        return msh_role_name((msh_role)i);
    }
}

bool msh_saved_word(const msh_json *j, const char *key, msh_saved_words which, int *out)
{
    static const int from[] = {MSH_VERDICT_PASS, MSH_TIER_INFO, 0, 0};
    static const int to[] = {MSH_VERDICT_BLOCK, MSH_TIER_BLOCK, MSH_OUTCOME_COUNT - 1,
                             MSH_ROLE_COUNT - 1};
    msh_view v;
    if (!msh_saved_text(j, key, 40, &v))
        return false;
    for (int i = from[which]; i <= to[which]; i++)
        if (msh_view_eq_str(v, word_of(which, i))) {
            *out = i;
            return true;
        }
    return false;
}

bool msh_saved_cell(const msh_json *j, uint32_t *row, uint32_t *column)
{
    const msh_json *m = msh_json_get(j, "cell");
    uint64_t r = 0, c = 0;
    size_t i = 0;
    if (!m || m->type == MSH_JSON_NULL)
        return true;
    if (m->type != MSH_JSON_STRING || m->text.len > 18)
        return false;
    msh_view v = m->text;
    for (; i < v.len && v.data[i] >= 'A' && v.data[i] <= 'Z' && c <= UINT32_MAX; i++)
        c = c * 26 + (uint64_t)(v.data[i] - 'A' + 1);
    size_t letters = i;
    for (; i < v.len && v.data[i] >= '0' && v.data[i] <= '9' && r <= UINT32_MAX; i++)
        r = r * 10 + (uint64_t)(v.data[i] - '0');
    if (letters == 0 || i != v.len || r == 0 || r > UINT32_MAX || c > UINT32_MAX)
        return false;
    *row = (uint32_t)r;
    *column = (uint32_t)c;
    return true;
}

bool msh_saved_is_id(const char *s)
{
    size_t n = strlen(s);
    for (size_t i = 0; i < n; i++)
        if (!((s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'z') ||
              (s[i] >= 'A' && s[i] <= 'Z') || s[i] == '-'))
            return false;
    return n >= 1 && n <= 31;
}

bool msh_saved_is_time(const char *s)
{
    static const char form[] = "0000-00-00T00:00:00.000000Z";
    if (strlen(s) != sizeof form - 1)
        return false;
    for (size_t i = 0; form[i]; i++)
        if (form[i] == '0' ? s[i] < '0' || s[i] > '9' : s[i] != form[i])
            return false;
    return true;
}

bool msh_saved_is_reason(msh_view v)
{
    for (size_t i = 0; i < v.len; i++) {
        uint8_t c = v.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-'))
            return false;
    }
    return true;
}

bool msh_saved_is_hex(msh_view v, size_t n)
{
    for (size_t i = 0; i < v.len; i++)
        if (!((v.data[i] >= '0' && v.data[i] <= '9') || (v.data[i] >= 'a' && v.data[i] <= 'f')))
            return false;
    return v.len == n;
}
