/* cmd_state.c: mishen state backup|restore|migrate. */
#include "cli/cmd_log.h"

#include <string.h>

static int copy(cli_args *a, const char *to, bool move)
{
    msh_log_verdict v;
    msh_error why = {0};
    msh_err err = msh_state_backup(&a->options, to, move, &v, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    cli_log_verdict(a, &v, false);
    printf(
        "%s\n",
        move ? cli_tr(a,
                      "已迁出：日志的签名钥匙随之迁走，本机的已销毁，不能再写。下一步：在新机器上 "
                      "mishen state restore 这个文件夹；用完后妥善销毁它",
                      "moved out: the log's keys went along and are destroyed here. next: mishen "
                      "state restore FOLDER on the new machine, then destroy the folder")
             : cli_tr(a,
                      "已备份并核对（不含日志的签名钥匙；含批准人存在本机的钥匙，请妥善保管）。"
                      "恢复：mishen state restore，再由两名保管人 mishen keys recover",
                      "backed up and verified (without the log's own keys; with the keys of "
                      "people that are here: keep it safe). to restore: mishen state restore, "
                      "then mishen keys recover by two guardians"));
    return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
}

static int restore(cli_args *a, const char *from)
{
    msh_log_verdict v;
    msh_error why = {0};
    bool has_keys = false;
    msh_err err = msh_state_restore(&a->options, from, &v, &has_keys, &why);
    if (err != MSH_OK)
        return cli_failed(a, err, &why);
    cli_log_verdict(a, &v, false);
    printf(
        "%s\n",
        has_keys
            ? cli_tr(a, "已迁入，日志在本机继续写", "moved in: the log goes on here")
            : cli_tr(a,
                     "已恢复到备份时的状态。下一步：与最近的纸质检查点、见证人比对；由两名保管人 "
                     "mishen keys recover --by 姓名 --reason 理由（备份之后的记录已丢失的，加 "
                     "--paper 记录数:根），日志才能继续写",
                     "restored as it was at the backup. next: compare with the latest printed "
                     "checkpoint and the witness; two guardians run mishen keys recover --by "
                     "NAME --reason TEXT (with --paper SIZE:ROOT when later records are lost) "
                     "so that the log can go on"));
    return cli_flush(a) ? MSH_EXIT_CLEAN : MSH_EXIT_STATE;
}

int cli_cmd_state(cli_args *a)
{
    const char *what = a->n_words == 2 ? a->words[0] : "";
    if (strcmp(what, "backup") == 0)
        return copy(a, a->words[1], false);
    if (strcmp(what, "migrate") == 0)
        return copy(a, a->words[1], true);
    if (strcmp(what, "restore") == 0)
        return restore(a, a->words[1]);
    return cli_usage(a, "用法：mishen state backup 新文件夹 | restore 文件夹 | migrate 新文件夹",
                     "usage: mishen state backup NEW-DIR | restore DIR | migrate NEW-DIR");
}
