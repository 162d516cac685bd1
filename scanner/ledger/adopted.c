/* adopted.c: see adopted.h. Refuses a list with one byte changed, and lines that it would not
 * write. */
#define _GNU_SOURCE
#include "ledger/adopted.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/file.h"
#include "base/view.h"
#include "crypto/digest.h"
#include "ledger/approved.h"
#include "ledger/path.h"

#include <inttypes.h>
#include <stdio.h>

static void put_hash(msh_buf *out, const char *name, msh_view path, const uint8_t hash[32])
{
    char hex[65];
    msh_hex32(hash, hex);
    msh_buf_printf(out, "%s (", name);
    msh_buf_put_view(out, path);
    msh_buf_printf(out, ") = %s\n", hex);
}

void msh_adopted_put(msh_buf *out, const msh_decision_file *f)
{
    msh_buf_printf(out, "# size: %" PRIu64 "\n", f->size);
    put_hash(out, "SHA256", f->path, f->sha256);
    put_hash(out, "SM3", f->path, f->sm3);
}

msh_err msh_adopted_path(const char *state, const uint8_t sha256[32], char out[MSH_ADOPTED_PATH],
                         msh_error *why)
{
    char hex[65];
    msh_hex32(sha256, hex);
    int n = snprintf(out, MSH_ADOPTED_PATH, "%s/adopted/%s.list", state, hex);
    return n > 0 && n < MSH_ADOPTED_PATH ? MSH_OK : msh_fail(why, MSH_E_STATE, "name too long");
}

static bool take_line(msh_view *rest, msh_view *line)
{
    size_t lf = msh_view_find(*rest, MSH_VIEW("\n"), 0);
    if (lf == SIZE_MAX)
        return false;
    *line = msh_view_cut(*rest, 0, lf);
    *rest = msh_view_cut(*rest, lf + 1, rest->len);
    return true;
}

static bool read_size(msh_view line, uint64_t *out)
{
    static const msh_view head = {(const uint8_t *)"# size: ", 8};
    *out = 0;
    if (!msh_view_starts(line, head) || line.len == head.len || line.len > head.len + 16)
        return false;
    for (size_t i = head.len; i < line.len; i++) {
        if (line.data[i] < '0' || line.data[i] > '9')
            return false;
        *out = *out * 10 + (uint64_t)(line.data[i] - '0');
    }
    return true;
}

static bool read_hash(msh_view line, msh_view head, msh_view *path, uint8_t hash[32])
{
    enum { TAIL = 4 + 64 }; /* ") = " and the hash */
    if (!msh_view_starts(line, head) || line.len <= head.len + TAIL)
        return false;
    *path = msh_view_cut(line, head.len, line.len - head.len - TAIL);
    return msh_view_starts(msh_view_cut(line, line.len - TAIL, TAIL), MSH_VIEW(") = ")) &&
           msh_hex32_read(msh_view_cut(line, line.len - 64, 64), hash);
}

static bool read_file(msh_view *rest, msh_decision_file *f)
{
    msh_view line, again;
    *f = (msh_decision_file){.record = MSH_NO_RECORD};
    return take_line(rest, &line) && read_size(line, &f->size) && take_line(rest, &line) &&
           read_hash(line, MSH_VIEW("SHA256 ("), &f->path, f->sha256) && take_line(rest, &line) &&
           read_hash(line, MSH_VIEW("SM3 ("), &again, f->sm3) && msh_view_eq(f->path, again) &&
           msh_path_is_plain(f->path);
}

static msh_err check(msh_view text, const msh_decision_list *list)
{
    uint8_t sha256[32], sm3[32];
    MSH_TRY(msh_sha256(text, sha256));
    MSH_TRY(msh_sm3(text, sm3));
    return text.len == list->size && memcmp(sha256, list->sha256, 32) == 0 &&
                   memcmp(sm3, list->sm3, 32) == 0
               ? MSH_OK
               : MSH_E_EVIDENCE;
}

static msh_err read_all(msh_view text, uint64_t files, msh_arena *a,
                        msh_err (*each)(void *ctx, const msh_decision_file *f), void *ctx)
{
    msh_view rest = msh_arena_copy(a, text);
    if (!rest.data)
        return MSH_E_MEMORY;
    uint64_t n = 0;
    for (; rest.len; n++) {
        msh_decision_file f;
        if (!read_file(&rest, &f))
            return MSH_E_EVIDENCE;
        MSH_TRY(each(ctx, &f));
    }
    return n == files ? MSH_OK : MSH_E_EVIDENCE;
}

msh_err msh_adopted_read(const char *state, const msh_decision_list *list, msh_arena *a,
                         msh_err (*each)(void *ctx, const msh_decision_file *f), void *ctx)
{
    char path[MSH_ADOPTED_PATH];
    msh_buf b;
    msh_buf_init(&b, MSH_ADOPTED_MAX);
    msh_err err = msh_adopted_path(state, list->sha256, path, NULL);
    if (err == MSH_OK && msh_file_read(path, &b, NULL) != MSH_OK)
        err = b.err == MSH_E_MEMORY ? MSH_E_MEMORY : MSH_E_EVIDENCE;
    if (err == MSH_OK)
        err = check(msh_buf_view(&b), list);
    if (err == MSH_OK)
        err = read_all(msh_buf_view(&b), list->files, a, each, ctx);
    msh_buf_dispose(&b);
    return err;
}
