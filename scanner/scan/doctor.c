/* doctor.c: what this machine can do, fact by fact: sandbox, formats, helpers, rules, state, log,
 * disk. It reads and probes, and makes nothing: a state folder that is not there yet is no fault.
 */
#define _GNU_SOURCE
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/extract.h"
#include "scan/open.h"
#include "scan/where.h"

#include <mishen/ledger.h>
#include <mishen/version.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { FINE, NOTE, BROKEN, LOW_DISK_MIB = 256 };

typedef struct doctor {
    const msh_options *options;
    void (*fact)(void *ctx, int level, const char *name, const char *text);
    void *ctx;
    char text[2 * MSH_WHERE_PATH];
} doctor;

static const char *tr(const doctor *d, const char *zh, const char *en)
{
    return d->options->lang == MSH_LANG_EN ? en : zh;
}

static void tell(doctor *d, int level, const char *zh, const char *en)
{
    d->fact(d->ctx, level, tr(d, zh, en), d->text);
}

/* What kernels before 5.6 lack costs some time and nothing else. */
static void check_opening(doctor *d)
{
    const struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC};
    long fd = syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof how);
    bool have = fd >= 0;
    if (have)
        close((int)fd);
    (void)snprintf(d->text, sizeof d->text, "%s",
                   have ? "openat2"
                        : tr(d, "内核没有 openat2（5.6 起才有），改为逐级打开，同样不跟随链接",
                             "the kernel has no openat2 (it came with 5.6): folder by folder, "
                             "following no link either"));
    tell(d, have ? FINE : NOTE, "打开文件", "opening files");
}

static void check_sandbox(doctor *d)
{
    msh_room *room = NULL;
    msh_error why = {0};
    struct utsname u;
    if (uname(&u) == 0) {
        (void)snprintf(d->text, sizeof d->text, "%s %s %s", u.sysname, u.release, u.machine);
        tell(d, FINE, "系统内核", "kernel");
    }
    if (msh_open_room(d->options, NULL, true, &room, &why) == MSH_OK) {
        const char *level = msh_room_lock_level(room);
        bool full = strcmp(level, "seccomp+landlock") == 0;
        (void)snprintf(d->text, sizeof d->text, "%s%s", level,
                       full || strcmp(level, "seccomp") != 0
                           ? ""
                           : tr(d,
                                "（内核没有启用 Landlock，5.13 起才有：少一层隔离，检查结果不变）",
                                " (no Landlock in this kernel, it came with 5.13: one wall less, "
                                "the same results)"));
        tell(d, full ? FINE : NOTE, "沙箱", "sandbox");
        msh_room_close(room);
        return;
    }
    (void)snprintf(
        d->text, sizeof d->text, "%s: %s",
        tr(d, "不可用，检查会以退出码 70 结束", "unavailable, scans end with exit code 70"),
        why.text);
    tell(d, BROKEN, "沙箱", "sandbox");
}

static void check_helper(doctor *d, const char *name, const char *zh, const char *en)
{
    char folder[MSH_WHERE_PATH], path[MSH_WHERE_PATH + 32];
    msh_where_libexec(d->options, folder);
    (void)snprintf(path, sizeof path, "%s/mishen-%s", folder, name);
    bool there = access(path, X_OK) == 0;
    (void)snprintf(
        d->text, sizeof d->text, "%s",
        there ? path
              : tr(d, "缺少；这类文件会记为未能检查", "absent; such files become NOT-INSPECTED"));
    tell(d, there ? FINE : NOTE, zh, en);
}

static void check_formats(doctor *d)
{
    size_t n, absent = 0;
    const msh_format *const *all = msh_formats(&n);
    for (size_t i = 0; i < n; i++) {
        if (!all[i]->absent)
            continue;
        absent++;
        (void)snprintf(d->text, sizeof d->text, "%s: %s", all[i]->name, all[i]->absent);
        tell(d, NOTE, "缺少的格式", "absent format");
    }
    (void)snprintf(d->text, sizeof d->text, "%zu%s%zu", n,
                   tr(d, " 种，其中未带 ", ", of these absent: "), absent);
    tell(d, FINE, "可读格式", "formats");
}

static void check_rules(doctor *d)
{
    msh_rule_set *set = NULL;
    msh_error why = {0};
    if (msh_rule_set_load(d->options, &set, &why) != MSH_OK) {
        (void)snprintf(d->text, sizeof d->text, "%s", why.text);
        tell(d, BROKEN, "规则包", "rule packs");
        return;
    }
    for (size_t i = 0; i < msh_rule_set_packs(set); i++) {
        msh_pack_ref p;
        msh_rule_set_pack(set, i, &p);
        (void)snprintf(d->text, sizeof d->text, "%.*s %.*s", (int)p.id.len, (const char *)p.id.data,
                       (int)p.version.len, (const char *)p.version.data);
        tell(d, FINE, "规则包", "rule pack");
    }
    (void)snprintf(d->text, sizeof d->text, "%zu", msh_rule_set_count(set));
    tell(d, FINE, "规则条数", "rules");
    msh_rule_set_free(set);
}

static void check_disk(doctor *d, const char *state)
{
    struct statvfs v;
    if (statvfs(state, &v) != 0)
        return;
    uint64_t mib = (uint64_t)v.f_bavail * v.f_frsize >> 20;
    (void)snprintf(d->text, sizeof d->text, "%s%" PRIu64 " MiB", tr(d, "剩余 ", "free: "), mib);
    tell(d, mib < LOW_DISK_MIB ? BROKEN : FINE, "状态目录所在磁盘", "disk of the state folder");
}

static void check_log(doctor *d)
{
    static const struct {
        int code, level;
        const char *zh, *en;
    } rows[] = {
        {MSH_VERIFY_ANCHORED, FINE, "校验通过，有外部锚点", "valid and anchored"},
        {MSH_VERIFY_UNANCHORED, FINE, "校验通过，尚无外部锚点", "valid, not anchored yet"},
        {MSH_VERIFY_INVALID, BROKEN, "校验不通过", "invalid"},
        {MSH_VERIFY_LOST, BROKEN, "记录少于签名所述", "records are missing"},
        {MSH_VERIFY_UNREADABLE, BROKEN, "读不出来", "cannot be read"},
    };
    msh_log_verdict v = {0};
    msh_error why = {0};
    if (msh_log_check(d->options, NULL, NULL, &v, &why) != MSH_OK)
        return;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].code != v.exit_code)
            continue;
        (void)snprintf(d->text, sizeof d->text, "%s (%" PRIu64 ") %s",
                       tr(d, rows[i].zh, rows[i].en), v.size, v.what);
        tell(d, rows[i].level, "日志", "log");
    }
}

static void check_state(doctor *d)
{
    char state[MSH_STATE_PATH];
    struct stat st;
    msh_error why = {0};
    if (msh_state_path(d->options, state, &why) != MSH_OK) {
        (void)snprintf(d->text, sizeof d->text, "%s", why.text);
        tell(d, BROKEN, "状态目录", "state folder");
        return;
    }
    if (stat(state, &st) != 0) {
        (void)snprintf(d->text, sizeof d->text, "%s（%s）", state,
                       tr(d, "首次检查时建立", "made by the first scan"));
        tell(d, errno == ENOENT ? FINE : BROKEN, "状态目录", "state folder");
        return;
    }
    bool ok = S_ISDIR(st.st_mode) && access(state, W_OK | X_OK) == 0;
    (void)snprintf(d->text, sizeof d->text, "%s%s", state,
                   ok ? "" : tr(d, "（写不进去）", " (not writable)"));
    tell(d, ok ? FINE : BROKEN, "状态目录", "state folder");
    if (st.st_mode & 077) {
        (void)snprintf(d->text, sizeof d->text, "%s",
                       tr(d, "其他用户能读状态目录，建议 chmod 700",
                          "others can read the state folder; chmod 700"));
        tell(d, NOTE, "权限", "permissions");
    }
    check_disk(d, state);
    check_log(d);
}

msh_err msh_doctor(const msh_options *options,
                   void (*fact)(void *ctx, int level, const char *name, const char *text),
                   void *ctx, msh_error *why)
{
    doctor *d = msh_calloc(1, sizeof *d);
    if (!d)
        return msh_fail(why, MSH_E_MEMORY, "doctor");
    d->options = options;
    d->fact = fact;
    d->ctx = ctx;
    (void)snprintf(d->text, sizeof d->text, "%s", MISHEN_VERSION);
    tell(d, FINE, "版本", "version");
    check_opening(d);
    check_sandbox(d);
    check_helper(d, "pdf", "PDF 辅助程序", "PDF helper");
    check_helper(d, "ocr", "文字识别辅助程序", "OCR helper");
    check_formats(d);
    check_rules(d);
    check_state(d);
    msh_free(d);
    return MSH_OK;
}
