/* proof.c: making proofs. Tiles are a cache, so every proof is checked against the signed root
 * before it is handed out. */
#define _GNU_SOURCE
#include "ledger/proof.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/view.h"
#include "ledger/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

enum { NOTE_MAX = 4096 };
static const char head[] = "c2sp.org/tlog-proof@v1\n";

typedef struct maker {
    msh_tiles tiles;
    msh_buf note;
    msh_checkpoint cp;
    uint8_t hashes[MSH_PROOF_MAX][MSH_HASH];
    size_t n;
} maker;

static msh_err open_maker(maker *m, const char *dir, size_t profile, msh_error *why)
{
    char origin[MSH_LOG_ORIGIN + 1], name[MSH_LOG_ORIGIN + 8], path[MSH_LOG_PATH];
    const msh_profile *p = msh_profile_at(profile);
    MSH_TRY(msh_store_origin(dir, origin, why));
    (void)snprintf(name, sizeof name, "%s%s", origin, p->suffix);
    MSH_TRY(msh_store_path(dir, p->checkpoints, path, why));
    MSH_TRY(msh_checkpoints_last(path, name, &m->note, &m->cp, why));
    return msh_tiles_open(&m->tiles, dir, profile, why);
}

static void put_proof(const maker *m, const char *first_line, uint64_t n, msh_buf *out)
{
    msh_buf_printf(out, "%s%" PRIu64 "\n", first_line, n);
    for (size_t i = 0; i < m->n; i++) {
        msh_base64_encode(out, msh_view_of(m->hashes[i], MSH_HASH));
        msh_buf_put_byte(out, '\n');
    }
    msh_buf_put_byte(out, '\n');
    msh_buf_put_view(out, msh_buf_view(&m->note));
}

static msh_err include(maker *m, uint64_t index)
{
    uint8_t leaf[MSH_HASH];
    MSH_TRY(msh_tiles_leaf(&m->tiles, index, leaf));
    MSH_TRY(msh_tiles_inclusion(&m->tiles, index, m->cp.size, m->hashes, &m->n));
    return msh_tree_check_inclusion(&m->tiles.hasher, index, m->cp.size, leaf,
                                    msh_view_of(m->hashes, m->n * MSH_HASH), m->cp.root);
}

static msh_err connect(maker *m, uint64_t old)
{
    msh_tree t;
    uint8_t root[MSH_HASH];
    MSH_TRY(msh_tiles_tree(&m->tiles, old, &t));
    MSH_TRY(msh_tree_root(&t, &m->tiles.hasher, root));
    MSH_TRY(msh_tiles_consistency(&m->tiles, old, m->cp.size, m->hashes, &m->n));
    return msh_tree_check_consistency(&m->tiles.hasher, old, m->cp.size, root, m->cp.root,
                                      msh_view_of(m->hashes, m->n * MSH_HASH));
}

static msh_err make(const char *dir, size_t profile, bool consistency, uint64_t n, msh_buf *out,
                    msh_error *why)
{
    maker m = {.n = 0};
    for (size_t i = 0; i < MSH_TILE_LEVELS; i++)
        m.tiles.fd[i] = -1;
    msh_buf_init(&m.note, NOTE_MAX);
    msh_err err = open_maker(&m, dir, profile, why);
    if (err == MSH_OK && (consistency ? n == 0 || n > m.cp.size : n >= m.cp.size))
        err =
            msh_fail(why, MSH_E_USAGE,
                     "没有这个记录号，可用 %d – %" PRIu64 " / no such number, %d to %" PRIu64,
                     consistency, m.cp.size - !consistency, consistency, m.cp.size - !consistency);
    if (err == MSH_OK) {
        err = consistency ? connect(&m, n) : include(&m, n);
        if (err == MSH_E_EVIDENCE)
            err = MSH_E_SHORT; /* the tiles are wrong, the log perhaps not */
        if (err != MSH_OK)
            (void)msh_fail(why, err, "%s", msh_profile_at(profile)->tree);
    }
    if (err == MSH_OK) {
        put_proof(&m, consistency ? "old " : "c2sp.org/tlog-proof@v1\nindex ", n, out);
        err = msh_buf_err(out);
    }
    msh_tiles_close(&m.tiles);
    msh_buf_dispose(&m.note);
    return err;
}

msh_err msh_proof_inclusion(const char *dir, size_t profile, uint64_t index, msh_buf *out,
                            msh_error *why)
{
    return make(dir, profile, false, index, out, why);
}

msh_err msh_proof_consistency(const char *dir, size_t profile, uint64_t old, msh_buf *out,
                              msh_error *why)
{
    return make(dir, profile, true, old, out, why);
}

/* --- rebuilding ------------------------------------------------------------------------------- */

static msh_err flush(msh_batch *b, msh_tiles *t, size_t profile)
{
    MSH_TRY(msh_batch_hash(b, profile));
    MSH_TRY(msh_tiles_append(t, b->first, (const uint8_t(*)[MSH_HASH])b->leaves[profile], b->n));
    msh_batch_reset(b, b->first + b->n);
    return MSH_OK;
}

static msh_err rebuild(msh_lines *l, msh_batch *b, msh_tiles *t, size_t profile, msh_error *why)
{
    for (;;) {
        msh_lines_status status;
        msh_view line;
        MSH_TRY(msh_lines_next(l, &status, &line, why));
        if (status != MSH_LINES_LINE)
            return flush(b, t, profile);
        if (msh_batch_add(b, line))
            continue;
        MSH_TRY(flush(b, t, profile));
        if (!msh_batch_add(b, line))
            return MSH_E_MEMORY;
    }
}

msh_err msh_proof_rebuild(const char *dir, size_t profile, msh_error *why)
{
    char path[MSH_LOG_PATH];
    msh_lines lines = {.fd = -1};
    msh_tiles tiles;
    MSH_TRY(msh_store_path(dir, "lock", path, why));
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return msh_fail_errno(why, MSH_E_STATE, "%s", path);
    while (flock(fd, LOCK_EX) != 0 && errno == EINTR) {
    }
    msh_batch *b = msh_batch_new();
    msh_err err = msh_tiles_open(&tiles, dir, profile, why);
    if (err == MSH_OK && !b)
        err = msh_fail(why, MSH_E_MEMORY, "tree files");
    if (err == MSH_OK)
        err = msh_lines_open(&lines, dir, why);
    if (err == MSH_OK)
        err = rebuild(&lines, b, &tiles, profile, why);
    msh_lines_close(&lines);
    msh_batch_free(b);
    msh_tiles_close(&tiles);
    close(fd);
    return err;
}

/* --- reading ---------------------------------------------------------------------------------- */

static bool line_of(msh_view v, size_t *at, msh_view *line)
{
    size_t lf = msh_view_find(v, MSH_VIEW("\n"), *at);
    if (lf == SIZE_MAX)
        return false;
    *line = msh_view_cut(v, *at, lf - *at);
    *at = lf + 1;
    return true;
}

static bool read_number(msh_view line, msh_view word, uint64_t *out)
{
    uint64_t n = 0;
    if (!msh_view_starts(line, word) || line.len == word.len || line.len > word.len + 16)
        return false;
    for (size_t i = word.len; i < line.len; i++) {
        if (line.data[i] < '0' || line.data[i] > '9')
            return false;
        n = n * 10 + (uint64_t)(line.data[i] - '0');
    }
    *out = n;
    return n < 1ull << 53 && (line.data[word.len] != '0' || line.len == word.len + 1);
}

msh_err msh_proof_read(msh_view v, msh_proof *out)
{
    size_t at = 0, n;
    msh_view line;
    *out = (msh_proof){0};
    out->consistency = !msh_view_starts(v, msh_view_str(head));
    if (!out->consistency)
        at = sizeof head - 1;
    if (!line_of(v, &at, &line) ||
        !read_number(line, out->consistency ? MSH_VIEW("old ") : MSH_VIEW("index "), &out->n))
        return MSH_E_EVIDENCE;
    for (;;) {
        if (!line_of(v, &at, &line))
            return MSH_E_EVIDENCE;
        if (line.len == 0)
            break;
        if (out->n_hashes == MSH_PROOF_MAX ||
            msh_base64_read(line, out->hashes[out->n_hashes++], MSH_HASH, &n) != MSH_OK ||
            n != MSH_HASH)
            return MSH_E_EVIDENCE;
    }
    out->checkpoint = msh_view_cut(v, at, v.len);
    return out->checkpoint.len ? MSH_OK : MSH_E_EVIDENCE;
}
