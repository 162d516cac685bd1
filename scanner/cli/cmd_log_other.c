/* cmd_log_other.c: mishen log checkpoint, witness, timestamp, anchor, export, heartbeat, init. */
#include "cli/cmd_log.h"

#include <string.h>

enum { TEXT_MAX = 64 << 10 };

static int end(cli_args *a, msh_err err, const msh_error *why, const msh_text_out *out)
{
    if (err != MSH_OK)
        return cli_failed(a, err, why);
    if (out)
        (void)fwrite(out->data, 1, out->len, stdout);
    return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
}

/* A sentence to standard error, so that standard output is the note alone. */
static void say(const cli_args *a, const char *zh, const char *en)
{
    fprintf(stderr, "%s\n", cli_tr(a, zh, en));
}

static int checkpoint(cli_args *a, const char *dir, msh_text_out *out)
{
    msh_error why = {0};
    msh_err err = msh_log_checkpoint(&a->options, dir, cli_flag(a, "--print"), out, &why);
    return end(a, err, &why, out);
}

static int witness(cli_args *a, const char *what, msh_text_out *out)
{
    msh_error why = {0};
    if (!what)
        return cli_usage(a, "用法：mishen log witness 日志文件夹|检查点或证明文件",
                         "usage: mishen log witness DIR|FILE");
    msh_err err = msh_log_witness(&a->options, what, cli_option(a, "--by"), out, &why);
    if (err == MSH_OK)
        say(a,
            "已核对并签名。见证人的公钥在其状态目录 "
            "witness/witness.vkey，交给核对日志的人（--witnesses）；"
            "不在日志文件夹里时，把这份签名交回：mishen log anchor 文件",
            "checked and cosigned. The witness's key is witness/witness.vkey in its state folder: "
            "give it to those who verify (--witnesses). Bring the note back with: mishen log "
            "anchor "
            "FILE");
    return end(a, err, &why, out);
}

static int timestamp(cli_args *a, msh_text_out *out)
{
    msh_error why = {0};
    msh_err err = msh_log_timestamp(&a->options, out, &why);
    if (err == MSH_OK)
        say(a,
            "第一个文件是请求，第二个是被盖时间戳的原文。发送："
            "curl -H 'Content-Type: application/timestamp-query' --data-binary @请求 网址 > "
            "答复.tsr，"
            "再 mishen log anchor 答复.tsr",
            "the first file is the request, the second the text. Send it: curl -H 'Content-Type: "
            "application/timestamp-query' --data-binary @REQUEST URL > ANSWER.tsr, then mishen log "
            "anchor ANSWER.tsr");
    return end(a, err, &why, out);
}

static int anchor(cli_args *a, const char *file, msh_text_out *out)
{
    msh_error why = {0};
    if (!file)
        return cli_usage(a, "用法：mishen log anchor 文件", "usage: mishen log anchor FILE");
    msh_err err = msh_log_anchor(&a->options, file, out, &why);
    if (err == MSH_OK)
        say(a, "已存入日志的 anchors/，对应的记录数：", "kept in the log's anchors/, for size:");
    return end(a, err, &why, out);
}

static int export(cli_args *a, const char *to)
{
    msh_log_verdict v;
    msh_error why = {0};
    if (!to)
        return cli_usage(a, "用法：mishen log export 新文件夹", "usage: mishen log export NEW-DIR");
    msh_err err = msh_log_export(&a->options, to, &v, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    cli_log_verdict(a, &v, false);
    bool valid = v.exit_code == MSH_VERIFY_ANCHORED || v.exit_code == MSH_VERIFY_UNANCHORED;
    return !cli_flush(a) ? MSH_EXIT_STATE : valid ? MSH_EXIT_CLEAN : MSH_EXIT_EVIDENCE;
}

bool cli_log_other(cli_args *a, const char *what, const char *arg, int *code)
{
    static char text[TEXT_MAX];
    msh_text_out out = {.data = text, .cap = sizeof text};
    msh_error why = {0};
    if (strcmp(what, "checkpoint") == 0)
        *code = checkpoint(a, arg, &out);
    else if (strcmp(what, "witness") == 0)
        *code = witness(a, arg, &out);
    else if (strcmp(what, "timestamp") == 0 && !arg)
        *code = timestamp(a, &out);
    else if (strcmp(what, "anchor") == 0)
        *code = anchor(a, arg, &out);
    else if (strcmp(what, "export") == 0)
        *code = export(a, arg);
    else if (strcmp(what, "heartbeat") == 0 && !arg)
        *code = end(a, msh_log_heartbeat(&a->options, &why), &why, NULL);
    else if (strcmp(what, "init") == 0 && !arg)
        *code = end(a,
                    msh_log_init(&a->options, cli_option_or(a, "--profile", "both"),
                                 cli_option(a, "--origin"), &why),
                    &why, NULL);
    else
        return false;
    return true;
}
