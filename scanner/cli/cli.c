/* cli.c: lookups in a parsed command line, complaints, safe printing. */
#include "cli/cli.h"

#include <string.h>

const char *cli_option(const cli_args *a, const char *name)
{
    for (size_t i = a->n_given; i-- > 0;)
        if (strcmp(a->given[i].name, name) == 0)
            return a->given[i].value;
    return NULL;
}

const char *cli_option_or(const cli_args *a, const char *name, const char *dflt)
{
    const char *value = cli_option(a, name);
    return value ? value : dflt;
}

bool cli_flag(const cli_args *a, const char *name)
{
    return cli_option(a, name) != NULL;
}

const char *cli_tr(const cli_args *a, const char *zh, const char *en)
{
    return a->options.lang == MSH_LANG_EN ? en : zh;
}

void cli_complain(const cli_args *a, const char *zh, const char *en)
{
    fprintf(stderr, "mishen: %s", cli_tr(a, zh, en));
}

int cli_usage(const cli_args *a, const char *zh, const char *en)
{
    cli_complain(a, zh, en);
    fputs(cli_tr(a, "\n用法见：mishen --help\n", "\nsee: mishen --help\n"), stderr);
    return MSH_EXIT_USAGE;
}

static int exit_for(msh_err err)
{
    switch (err) {
    case MSH_E_SANDBOX:
        return MSH_EXIT_SANDBOX;
    case MSH_E_STATE_BUSY:
        return MSH_EXIT_BUSY;
    case MSH_E_STATE:
    case MSH_E_FULL:
    case MSH_E_IO:
    case MSH_E_MEMORY:
    case MSH_E_CRYPTO:
    case MSH_E_CHILD:
        return MSH_EXIT_STATE;
    default:
        break;
    }
    switch (msh_err_class(err)) {
    case 1:
        return MSH_EXIT_USAGE;
    case 6:
        return MSH_EXIT_EVIDENCE;
    default:
        return MSH_EXIT_NOT_INSPECTED;
    }
}

int cli_failed(const cli_args *a, msh_err err, const msh_error *why)
{
    fprintf(stderr, "mishen: %s", msh_err_text(err, a->options.lang));
    if (why && why->text[0] != '\0') {
        fputs(cli_tr(a, "：", ": "), stderr);
        cli_print_escaped(stderr, why->text, strlen(why->text));
    }
    fputc('\n', stderr);
    return exit_for(err);
}

/* Length of the printable character at p, 0 when the byte must be shown as \xNN. The library's
 * escape functions are not part of include/; this one only prints what people typed. */
static size_t printable(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80)
        return p[0] >= 0x20 && p[0] != 0x7f;
    size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc3 ? 2 : 0;
    if (n == 0 || n > left || p[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    /* U+2000–U+206F but for dashes, quotes and … : blanks, bidi controls, separators */
    if (p[0] == 0xe2 && (p[1] == 0x80 || p[1] == 0x81) &&
        !(p[1] == 0x80 && p[2] >= 0x90 && p[2] <= 0xa7))
        return 0;
    if (p[0] == 0xef && ((p[1] == 0xbb && p[2] == 0xbf) || (p[1] == 0xbf && p[2] >= 0xb9)))
        return 0;
    return n;
}

void cli_print_escaped(FILE *out, const char *s, size_t n)
{
    const unsigned char *p = (const unsigned char *)s;
    for (size_t i = 0; i < n;) {
        size_t k = printable(p + i, n - i);
        if (k == 0) {
            fprintf(out, "\\x%02x", p[i]);
            k = 1;
        } else {
            fwrite(p + i, 1, k, out);
        }
        i += k;
    }
}

bool cli_flush(const cli_args *a)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    cli_complain(a, "标准输出写不进去\n", "cannot write to standard output\n");
    return false;
}
