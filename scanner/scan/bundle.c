/* bundle.c: see bundle.h. Refuses links, special files, and what lies outside the root. */
#define _GNU_SOURCE
#include "scan/bundle.h"

#include "base/err.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"
#include "ledger/path.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *tr(const msh_bundle *a, const char *zh, const char *en)
{
    return a->lang == MSH_LANG_EN ? en : zh;
}

static msh_err locate(msh_bundle *a, size_t i, const char *given, msh_error *why)
{
    msh_bundle_file *f = &a->files[i];
    char shown[MSH_FILE_SHOWN];
    msh_err err = msh_spot_locate(a->root, given, f->full, &f->rel);
    if (err != MSH_OK)
        return msh_fail(
            why, err, "%s%s", msh_file_shown(given, shown),
            err == MSH_E_GONE ? tr(a, "（所在文件夹不存在）", " (its folder is not there)")
            : err == MSH_E_OPEN ? tr(a, "（名称太长）", " (name too long)")
                                : tr(a, "（不在 --root 文件夹之内）", " (not under --root)"));
    if (!msh_path_is_plain(msh_view_str(f->rel)))
        return msh_fail(why, MSH_E_REFUSED, "%s%s", msh_file_shown(given, shown),
                        tr(a, "（名称含有不可见或易混淆的字符，先改名）",
                           " (invisible or ambiguous characters, rename it first)"));
    return MSH_OK;
}

/* Opened once, beneath the root, without following any link. */
static msh_err hash_file(msh_bundle *a, int root, size_t i, msh_error *why)
{
    msh_bundle_file *f = &a->files[i];
    char shown[MSH_FILE_SHOWN];
    struct stat st;
    int fd = msh_file_open_beneath(root, f->rel, O_RDONLY);
    if (fd < 0)
        return msh_fail_errno(
            why,
            errno == EACCES   ? MSH_E_NO_ACCESS
            : errno == ENOENT ? MSH_E_GONE
                              : MSH_E_UNSUPPORTED,
            "%s%s", msh_file_shown(f->rel, shown),
            tr(a, "（打不开；链接不予批准）", " (cannot be opened; links are refused)"));
    msh_error inner = {0};
    bool is_folder = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
    msh_err err = is_folder ? MSH_E_USAGE : msh_spot_read(fd, &f->hash, &inner);
    close(fd);
    if (is_folder)
        return msh_fail(why, err, "%s%s", msh_file_shown(f->rel, shown),
                        tr(a, "（是文件夹：请列出其中的文件）", " (a folder: name its files)"));
    if (err != MSH_OK)
        return msh_fail(why, err, "%s: %.150s", msh_file_shown(f->rel, shown), inner.text);
    a->paths[i] = f->full;
    a->decided[i] = (msh_decision_file){
        .path = msh_view_str(f->rel), .size = f->hash.size, .verdict = MSH_VERDICT_NOT_INSPECTED};
    memcpy(a->decided[i].sha256, f->hash.sha256, 32);
    memcpy(a->decided[i].sm3, f->hash.sm3, 32);
    return MSH_OK;
}

/* Items come in the order of the files, one each. */
static void observe(void *ctx, const msh_entry *e)
{
    msh_bundle *a = ctx;
    if (a->n_seen >= a->n)
        return;
    size_t i = a->n_seen++;
    msh_bundle_file *f = &a->files[i];
    f->seen = msh_view_eq_str(e->item.path, f->full);
    f->same = f->seen && e->item.has_sha256 && e->item.has_sm3 && e->item.size == f->hash.size &&
              memcmp(e->item.sha256, f->hash.sha256, 32) == 0 &&
              memcmp(e->item.sm3, f->hash.sm3, 32) == 0;
    a->decided[i].record = e->record;
    a->decided[i].covered = f->same && e->item.covered;
    f->covered = a->decided[i].covered;
    f->waived = e->item.waived;
    a->decided[i].verdict = !f->same              ? MSH_VERDICT_NOT_INSPECTED
                            : e->item.path_masked ? MSH_VERDICT_BLOCK
                                                  : e->item.verdict;
}

msh_err msh_bundle_open(msh_bundle *b, msh_lang lang, const char *root, const char *const *files,
                        size_t n, msh_error *why)
{
    *b = (msh_bundle){.lang = lang, .n = n};
    if (n == 0 || n > MSH_DECISION_FILES)
        return msh_fail(why, MSH_E_USAGE,
                        "一条信息有 1 到 %d 个文件 / a release has that many files",
                        MSH_DECISION_FILES);
    b->files = msh_calloc(n, sizeof *b->files);
    b->decided = msh_calloc(n, sizeof *b->decided);
    b->paths = msh_calloc(n, sizeof *b->paths);
    if (!b->files || !b->decided || !b->paths)
        return msh_fail(why, MSH_E_MEMORY, "release");
    if (!realpath(root ? root : ".", b->root))
        return msh_fail_errno(why, MSH_E_USAGE, "--root");
    int fd = open(b->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return msh_fail_errno(why, MSH_E_OPEN, "--root");
    msh_err err = MSH_OK;
    for (size_t i = 0; i < n && err == MSH_OK; i++) {
        err = locate(b, i, files[i], why);
        if (err == MSH_OK)
            err = hash_file(b, fd, i, why);
    }
    close(fd);
    return err;
}

msh_err msh_bundle_scan(msh_bundle *b, msh_run *r, const msh_options *options, const char *purpose,
                        msh_error *why)
{
    msh_options both = *options;
    both.digests = MSH_DIGEST_SHA256 | MSH_DIGEST_SM3;
    const msh_spot_job spot = {&both, b->paths, b->n, observe, b, b->root, purpose};
    msh_err err = msh_spot_scan(r, &spot, why);
    r->options = options;
    return err;
}

void msh_bundle_tell(const msh_bundle *b, msh_buf *out)
{
    for (size_t i = 0; i < b->n; i++) {
        msh_buf_printf(out, "  %s  ", msh_verdict_text(b->decided[i].verdict, b->lang));
        msh_escape_terminal(out, msh_view_str(b->files[i].rel));
        if (b->files[i].covered)
            msh_buf_put_str(out, tr(b, "  （已人工查看）", "  (read by a person)"));
        if (b->files[i].waived)
            msh_buf_printf(out, "  %s %" PRIu64, tr(b, "已豁免的命中", "waived findings"),
                           b->files[i].waived);
        if (b->files[i].seen && !b->files[i].same)
            msh_buf_put_str(out, tr(b, "  （检查期间被改动）", "  (changed meanwhile)"));
        msh_buf_put_byte(out, '\n');
    }
}

void msh_bundle_dispose(msh_bundle *b)
{
    msh_free(b->files);
    msh_free(b->decided);
    msh_free(b->paths);
    *b = (msh_bundle){.n = 0};
}

bool msh_bundle_id_ok(const char *id)
{
    size_t n = strlen(id);
    for (size_t i = 0; i < n; i++) {
        char c = id[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     ((c == '-' || c == '_' || c == '.') && i > 0);
        if (!plain)
            return false;
    }
    return n > 0 && n < 60;
}
