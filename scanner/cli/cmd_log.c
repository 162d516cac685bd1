/* cmd_log.c: mishen log verify (exit codes of its own, audit-log.md section 9), show and prove. */
#include "cli/cmd_log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *result_text(const cli_args *a, int code, bool stale)
{
    switch (code) {
    case MSH_VERIFY_ANCHORED:
        return cli_tr(a, "有效，且有外部锚点", "valid and anchored");
    case MSH_VERIFY_INVALID:
        return cli_tr(a, "无效：日志与签名不符", "invalid: log and signatures disagree");
    case MSH_VERIFY_UNREADABLE:
        return cli_tr(a, "无法核对：日志读不了", "not checked: the log cannot be read");
    case MSH_VERIFY_LOST:
        return cli_tr(a, "无效：签过名的记录缺失", "invalid: signed records are missing");
    default:
        return stale ? cli_tr(a, "有效，但外部锚点过旧", "valid, but the anchor is stale")
                     : cli_tr(a, "有效，但没有外部锚点", "valid, but not anchored");
    }
}

static const char *next_text(const cli_args *a, int code)
{
    switch (code) {
    case MSH_VERIFY_ANCHORED:
        return cli_tr(a, "无需处理", "nothing to do");
    case MSH_VERIFY_INVALID:
    case MSH_VERIFY_LOST:
        return cli_tr(
            a,
            "不要再往这份日志里写；原样复制整个日志文件夹保存，与备份、纸质登记表上的检查点比对，并"
            "报告保密机构",
            "write no more to this log; keep a copy of the whole folder as it is, compare "
            "it with backups and printed checkpoints, and report it");
    case MSH_VERIFY_UNREADABLE:
        return cli_tr(a, "检查路径和权限（--state DIR 或 mishen log verify DIR）",
                      "check path and permissions (--state DIR, or mishen log verify DIR)");
    default:
        return cli_tr(
            a,
            "把检查点放到本机之外：mishen log checkpoint --print 打印存档，或在另一台机器上 "
            "mishen log witness；以后即可发现整份日志被换成旧的",
            "take the checkpoint to another place: mishen log checkpoint --print, or mishen "
            "log witness on another machine: then a log put back to an older state can "
            "be seen");
    }
}

static void print_keys(const cli_args *a, const msh_log_verdict *v)
{
    if (v->pinned)
        printf("%s\n", cli_tr(a, "首把公钥取自外部指定的文件",
                              "the first public key is the one that was given"));
    else
        printf("%s\n",
               cli_tr(a,
                      "首把公钥取自日志文件夹（首次使用即信任）：要防连钥匙一起替换，请用 --pin "
                      "指定另存的公钥",
                      "the first public key is that of the log folder (trust on first use): give a "
                      "copy kept elsewhere with --pin"));
    printf("%s  %" PRIu64 "\n", cli_tr(a, "先后用过的钥匙", "keys, one after another"), v->epochs);
    if (v->recovered)
        printf("%s  %" PRIu64 "\n",
               cli_tr(a, "保管人恢复过钥匙的次数（mishen log show --type key.recover）",
                      "times that guardians gave it other keys (mishen log show --type "
                      "key.recover)"),
               v->recovered);
}

static void print_anchors(const cli_args *a, const msh_log_verdict *v)
{
    if (v->anchored) {
        printf("%s  %" PRIu64 "  ", cli_tr(a, "外部锚点确认到记录数", "anchored up to size"),
               v->anchored);
        cli_print_escaped(stdout, v->anchor, strlen(v->anchor));
        printf("\n");
    }
    if (v->stale)
        printf("%s\n", cli_tr(a, "注意：最近的外部锚点过旧", "note: the latest anchor is stale"));
    if (v->anchors_lost)
        printf("%s  %" PRIu64 "\n",
               cli_tr(a, "见过已丢失记录的锚点（保管人恢复时已说明）",
                      "anchors of lost records, as the guardians said when they recovered"),
               v->anchors_lost);
    if (v->anchors_unknown)
        printf("%s  %" PRIu64 "\n",
               cli_tr(a, "未采信的锚点（签名人不在信任之列，--witnesses、--tsa-ca）",
                      "anchors by signers that are not trusted (--witnesses, --tsa-ca)"),
               v->anchors_unknown);
}

void cli_log_verdict(const cli_args *a, const msh_log_verdict *v, bool fast)
{
    if (v->origin[0])
        printf("%s  %s\n", cli_tr(a, "起源", "origin"), v->origin);
    printf("%s  %" PRIu64 "\n", cli_tr(a, "记录数", "records"), v->size);
    if (v->root_sha256[0])
        printf("%s  SHA-256 %s\n", cli_tr(a, "根", "root"), v->root_sha256);
    if (v->root_sm3[0])
        printf("%s  SM3     %s\n", cli_tr(a, "根", "root"), v->root_sm3);
    if (v->root_sha256[0] || v->root_sm3[0]) {
        printf("%s\n",
               fast
                   ? cli_tr(a,
                            "核对了：每行的规范形式和序号、每个根；签名只核对了每把钥匙的最后一个（"
                            "--fast）",
                            "checked: form and number of every line, every root; of the signatures "
                            "only the last of each key (--fast)")
                   : cli_tr(a, "核对了：每行的规范形式和序号、每个根、每个检查点的签名",
                            "checked: form and number of every line, every root, every signature"));
        printf("%s  %" PRIu64 "\n", cli_tr(a, "签名数", "signatures"), v->checkpoints);
        print_keys(a, v);
        print_anchors(a, v);
    }
    if (v->clock_back)
        printf("%s  %" PRIu64 "\n",
               cli_tr(a, "注意：时间倒退的记录数（次序以序号为准）",
                      "note: records whose time goes back (order is the number)"),
               v->clock_back);
    printf("%s  %s\n", cli_tr(a, "结论", "result"), result_text(a, v->exit_code, v->stale));
    if (v->what[0]) {
        printf("%s  ", cli_tr(a, "原因", "why"));
        cli_print_escaped(stdout, v->what, strlen(v->what));
        printf("\n");
    }
    printf("%s  %s\n", cli_tr(a, "下一步", "next"), next_text(a, v->exit_code));
}

static bool parse_number(const char *text, uint64_t *out)
{
    char *end = NULL;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return errno == 0 && text[0] >= '0' && text[0] <= '9' && *end == '\0';
}

static bool number(const cli_args *a, const char *name, uint64_t *out)
{
    const char *text = cli_option(a, name);
    return !text || parse_number(text, out);
}

static int verify(cli_args *a, const char *dir)
{
    msh_log_verdict v;
    msh_error why = {0};
    uint64_t days = 0;
    if (!number(a, "--anchor-days", &days) || days > 100000)
        return cli_usage(a, "--anchor-days 是天数", "--anchor-days is a number of days");
    const msh_verify_options how = {.pin = {cli_option(a, "--pin"), cli_option(a, "--pin-sm2")},
                                    .fast = cli_flag(a, "--fast"),
                                    .witnesses = cli_option(a, "--witnesses"),
                                    .tsa_ca = cli_option(a, "--tsa-ca"),
                                    .paper = cli_option(a, "--paper"),
                                    .anchor_days = (unsigned)days};
    msh_err err = msh_log_check(&a->options, dir, &how, &v, &why);
    if (err != MSH_OK) {
        (void)cli_failed(a, err, &why);
        return MSH_VERIFY_UNREADABLE;
    }
    cli_log_verdict(a, &v, how.fast);
    return cli_flush(a) ? v.exit_code : MSH_VERIFY_UNREADABLE;
}

typedef struct shower {
    const cli_args *args;
    bool ndjson;
    char run[80], verdict[80];        /* "run":"ID" and so on, or empty */
    const char *path, *since, *until; /* a part of the path; times as in records, or a beginning */
    uint64_t shown;
} shower;

static bool contains(msh_view v, const char *text)
{
    size_t n = strlen(text);
    for (size_t i = 0; n && i + n <= v.len; i++)
        if (memcmp(v.data + i, text, n) == 0)
            return true;
    return false;
}

/* Where the value of "key":" begins; NULL when there is no such key. */
static const char *value_of(msh_view v, const char *key, size_t *len)
{
    size_t n = strlen(key);
    for (size_t i = 0; i + n <= v.len; i++) {
        if (memcmp(v.data + i, key, n) != 0)
            continue;
        const char *from = (const char *)v.data + i + n;
        const char *quote = memchr(from, '"', v.len - i - n);
        *len = quote ? (size_t)(quote - from) : 0;
        return from;
    }
    return NULL;
}

static bool path_holds(msh_view line, const char *part)
{
    static const char *const keys[] = {"\"path\":\"", "\"path_shown\":\""};
    for (size_t i = 0; i < 2; i++) {
        size_t n;
        const char *p = value_of(line, keys[i], &n);
        if (p && contains((msh_view){(const uint8_t *)p, n}, part))
            return true;
    }
    return false;
}

/* since <= time < until, compared as far as they are written: "2026-11" is a month. */
static bool in_time(const shower *s, msh_view line)
{
    size_t n;
    const char *ts = s->since || s->until ? value_of(line, "\"ts\":\"", &n) : NULL;
    if (!ts)
        return !s->since && !s->until;
    return (!s->since || strncmp(ts, s->since, strlen(s->since)) >= 0) &&
           (!s->until || strncmp(ts, s->until, strlen(s->until)) < 0);
}

static msh_err show_record(void *ctx, uint64_t n, msh_view line)
{
    shower *s = ctx;
    char text[2048];
    (void)n;
    if ((s->run[0] && !contains(line, s->run)) || (s->verdict[0] && !contains(line, s->verdict)) ||
        (s->path && !path_holds(line, s->path)) || !in_time(s, line))
        return MSH_OK;
    s->shown++;
    if (s->ndjson) {
        (void)fwrite(line.data, 1, line.len, stdout);
    } else {
        size_t len = msh_log_describe(line, s->args->options.lang, text, sizeof text);
        (void)fwrite(text, 1, len, stdout);
    }
    (void)putchar('\n');
    return MSH_OK;
}

static int show(cli_args *a, const char *dir)
{
    shower s = {.args = a,
                .path = cli_option(a, "--path"),
                .since = cli_option(a, "--since"),
                .until = cli_option(a, "--until")};
    uint64_t from = 0, to = UINT64_MAX;
    const char *format = cli_option_or(a, "--format", "text"), *run = cli_option(a, "--run");
    msh_error why = {0};
    s.ndjson = strcmp(format, "ndjson") == 0;
    if (!s.ndjson && strcmp(format, "text") != 0)
        return cli_usage(a, "--format 只能是 text 或 ndjson", "--format is text or ndjson");
    if (!number(a, "--from", &from) || !number(a, "--to", &to))
        return cli_usage(a, "--from 和 --to 是记录序号", "--from and --to are record numbers");
    if (run && snprintf(s.run, sizeof s.run, "\"run\":\"%s\"", run) >= (int)sizeof s.run)
        return cli_usage(a, "--run 太长", "--run is too long");
    const char *verdict = cli_option(a, "--verdict");
    if (verdict && snprintf(s.verdict, sizeof s.verdict, "\"verdict\":\"%s\"", verdict) >=
                       (int)sizeof s.verdict)
        return cli_usage(a, "--verdict 太长", "--verdict is too long");
    msh_err err =
        msh_log_each(&a->options, dir, from, to, cli_option(a, "--type"), show_record, &s, &why);
    if (!cli_flush(a))
        return MSH_EXIT_STATE;
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    if (!s.ndjson && s.shown == 0)
        fprintf(stderr, "%s\n", cli_tr(a, "没有符合条件的记录", "no such records"));
    return MSH_EXIT_CLEAN;
}

static int prove(cli_args *a)
{
    char out[8192];
    size_t len;
    const char *from = cli_option(a, "--from"), *profile = cli_option_or(a, "--profile", "intl");
    const char *word = a->n_words > 1 && !from ? a->words[1] : NULL;
    int dir_at = from ? 1 : 2;
    msh_prove_job job = {.consistency = from != NULL, .profile = strcmp(profile, "gm") == 0};
    msh_error why = {0};
    if ((!from && !word) || !parse_number(from ? from : word, &job.n) || a->n_words > dir_at + 1 ||
        (strcmp(profile, "gm") != 0 && strcmp(profile, "intl") != 0))
        return cli_usage(
            a, "用法：mishen log prove 序号 [日志文件夹]，或 --from 记录数；--profile intl|gm",
            "usage: mishen log prove N [DIR], or --from SIZE; --profile intl|gm");
    const char *dir = a->n_words > dir_at ? a->words[dir_at] : NULL;
    msh_err err = msh_log_prove(&a->options, dir, &job, out, sizeof out, &len, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    (void)fwrite(out, 1, len, stdout);
    return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
}

int cli_cmd_log(cli_args *a)
{
    const char *what = a->n_words > 0 ? a->words[0] : "";
    const char *dir = a->n_words > 1 ? a->words[1] : NULL;
    int code;
    if (strcmp(what, "prove") == 0)
        return prove(a);
    if (a->n_words <= 2 && strcmp(what, "verify") == 0)
        return verify(a, dir);
    if (a->n_words <= 2 && strcmp(what, "show") == 0)
        return show(a, dir);
    if (a->n_words <= 2 && cli_log_other(a, what, dir, &code))
        return code;
    return cli_usage(a,
                     "log 之后写 verify、show、prove、checkpoint、witness、timestamp、anchor、"
                     "export、heartbeat 或 init",
                     "log is followed by verify, show, prove, checkpoint, witness, timestamp, "
                     "anchor, export, heartbeat or init");
}
