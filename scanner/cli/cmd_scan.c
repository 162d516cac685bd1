/* cmd_scan.c: mishen scan and mishen extract. */
#include "cli/cli.h"

#include <string.h>

static bool parse_tier(const char *text, msh_tier *out)
{
    for (int t = MSH_TIER_INFO; t <= MSH_TIER_BLOCK; t++)
        if (strcmp(text, msh_tier_name((msh_tier)t)) == 0) {
            *out = (msh_tier)t;
            return true;
        }
    return false;
}

static bool parse_progress(const char *text, msh_progress_mode *out)
{
    static const char *const names[] = {"auto", "never", "json"};
    for (int i = 0; i < 3; i++)
        if (strcmp(text, names[i]) == 0) {
            *out = (msh_progress_mode)i;
            return true;
        }
    return false;
}

/* Names may stand before "--" or, if they begin with a hyphen, after it. */
static bool take_names(cli_args *a, const char *const **names, size_t *n)
{
    *names = (const char *const *)a->words;
    *n = (size_t)a->n_words;
    if (!a->has_rest)
        return true;
    *names = (const char *const *)a->rest;
    *n = (size_t)a->n_rest;
    return a->n_words == 0;
}

/* The library's own exit code outranks what the error class says. */
static int failed(const cli_args *a, msh_err err, const msh_error *why, int code)
{
    int usual = cli_failed(a, err, why);
    return code ? code : usual;
}

/* Shows text, so it goes to standard output only, and only for files that are named. */
static int explain(const cli_args *a, const msh_scan_job *job)
{
    msh_error why = {0};
    int code = 0;
    if (job->n_paths == 0 || job->files_from || job->output || strcmp(job->format, "text") != 0)
        return cli_usage(a,
                         "--explain 会显示文件内容，只能用于列出的文件，不能与 "
                         "--output、--files-from、--format 合用",
                         "--explain shows document text: for named files only, without --output, "
                         "--files-from and --format");
    msh_err err = msh_explain_files(&a->options, job->paths, job->n_paths, &code, &why);
    return err == MSH_OK ? code : failed(a, err, &why, code);
}

int cli_cmd_scan(cli_args *a)
{
    msh_scan_job job = {.color = a->color, .width = a->width};
    msh_error why = {0};
    int code = 0;
    job.files_from = cli_option(a, "--files-from");
    job.output = cli_option(a, "--output");
    job.quiet = cli_flag(a, "--quiet");
    job.format = cli_option_or(a, "--format", "text");
    if (!take_names(a, &job.paths, &job.n_paths))
        return cli_usage(a, "文件名要么全部写在 -- 之前，要么全部写在之后",
                         "names stand all before -- or all after it");
    if (!parse_tier(cli_option_or(a, "--fail-on", "REVIEW"), &job.fail_on))
        return cli_usage(a, "--fail-on 只能是 INFO、REVIEW 或 BLOCK",
                         "--fail-on is INFO, REVIEW or BLOCK");
    if (!parse_progress(cli_option_or(a, "--progress", "auto"), &job.progress))
        return cli_usage(a, "--progress 只能是 auto、never 或 json",
                         "--progress is auto, never or json");
    if (cli_flag(a, "--explain"))
        return explain(a, &job);
    const char *configured[CLI_MAX_REPEAT];
    if (job.n_paths == 0 && !job.files_from) {
        job.paths = configured;
        job.n_paths = cli_settings(a, "paths", configured, CLI_MAX_REPEAT);
    }
    if (job.n_paths == 0 && !job.files_from)
        return cli_usage(a, "要检查什么？给出文件、文件夹，或用 - 表示标准输入",
                         "scan what? name files, folders, or - for standard input");
    msh_err err = msh_scan(&a->options, &job, &code, &why);
    return err == MSH_OK ? code : failed(a, err, &why, code);
}

int cli_cmd_extract(cli_args *a)
{
    const char *const *names;
    size_t n;
    msh_error why = {0};
    int code = 0;
    if (!take_names(a, &names, &n) || n == 0)
        return cli_usage(a, "要看哪个文件？", "which file?");
    msh_err err =
        msh_extract_files(&a->options, names, n, cli_option_or(a, "--format", "text"), &code, &why);
    return err == MSH_OK ? code : failed(a, err, &why, code);
}
