/* record.c: the envelope of a record, and which paths the log takes. Refuses lines that are not
 * canonical, longer than 65,535 bytes, or of another shape. */
#include "ledger/record.h"

#include "base/err.h"
#include "base/view.h"
#include "ledger/canon.h"

#include <inttypes.h>

/* literal: its length is known here, so that no function is called to compare. */
#define take(line, at, literal) take_bytes(line, at, literal, sizeof(literal) - 1)
static inline bool take_bytes(msh_view line, size_t *at, const char *literal, size_t n)
{
    if (line.len - *at < n || memcmp(line.data + *at, literal, n) != 0)
        return false;
    *at += n;
    return true;
}

static bool take_number(msh_view line, size_t *at, uint64_t *out)
{
    size_t from = *at;
    uint64_t n = 0;
    for (; *at < line.len && line.data[*at] >= '0' && line.data[*at] <= '9'; ++*at) {
        n = n * 10 + (uint64_t)(line.data[*at] - '0');
        if (n >= 1ull << 53)
            return false;
    }
    *out = n;
    return *at > from && (*at == from + 1 || line.data[from] != '0');
}

/* 2026-11-22T09:49:58.896451Z */
static bool is_ts(msh_view v)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd.ddddddZ";
    if (v.len != MSH_RECORD_TS)
        return false;
    for (size_t i = 0; i < v.len; i++) {
        bool digit = v.data[i] >= '0' && v.data[i] <= '9';
        if (shape[i] == 'd' ? !digit : v.data[i] != (uint8_t)shape[i])
            return false;
    }
    return true;
}

static bool is_type(msh_view v)
{
    if (v.len == 0 || v.len > MSH_RECORD_TYPE_MAX)
        return false;
    for (size_t i = 0; i < v.len; i++)
        if ((v.data[i] < 'a' || v.data[i] > 'z') && v.data[i] != '.')
            return false;
    return true;
}

bool msh_record_type_ok(const char *type)
{
    return is_type(msh_view_str(type));
}

static bool read_line(msh_view line, msh_record *out)
{
    size_t at = 0;
    if (!take(line, &at, "{\"b\":") || at >= line.len || line.data[at] != '{')
        return false;
    size_t end = msh_canon_value(line, at);
    if (end == SIZE_MAX)
        return false;
    out->body = msh_view_cut(line, at, end - at);
    at = end;
    if (!take(line, &at, ",\"n\":") || !take_number(line, &at, &out->n) ||
        !take(line, &at, ",\"ts\":\""))
        return false;
    out->ts = msh_view_cut(line, at, MSH_RECORD_TS);
    at += out->ts.len;
    if (!is_ts(out->ts) || !take(line, &at, "\",\"ty\":\""))
        return false;
    size_t from = at;
    while (at < line.len && line.data[at] != '"')
        at++;
    out->type = msh_view_cut(line, from, at - from);
    return is_type(out->type) && take(line, &at, "\",\"v\":1}") && at == line.len;
}

msh_err msh_record_read(msh_view line, msh_record *out)
{
    *out = (msh_record){0};
    bool good = line.len <= MSH_RECORD_MAX && msh_view_is_utf8(line) && read_line(line, out);
    return good ? MSH_OK : MSH_E_EVIDENCE;
}

void msh_record_write(msh_buf *out, const char *type, msh_view body, uint64_t n, const char *ts)
{
    msh_buf_put_str(out, "{\"b\":");
    msh_buf_put_view(out, body);
    msh_buf_printf(out, ",\"n\":%" PRIu64 ",\"ts\":\"%s\",\"ty\":\"%s\",\"v\":1}\n", n, ts, type);
}
