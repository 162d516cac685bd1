/* password.c: reading a password without showing it. */
#define _GNU_SOURCE
#include "cli/password.h"

#include <errno.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

void cli_password_wipe(char room[CLI_PASSWORD_MAX])
{
    explicit_bzero(room, CLI_PASSWORD_MAX);
}

static bool read_line(FILE *f, char room[CLI_PASSWORD_MAX])
{
    if (!fgets(room, CLI_PASSWORD_MAX, f))
        return false;
    size_t n = strcspn(room, "\r\n");
    bool whole = room[n] != '\0' || feof(f);
    room[n] = '\0';
    return whole && n > 0;
}

static bool ask(const char *prompt, char room[CLI_PASSWORD_MAX])
{
    struct termios old, quiet;
    FILE *tty = fopen("/dev/tty", "r+");
    if (!tty)
        return false;
    int fd = fileno(tty);
    bool good = tcgetattr(fd, &old) == 0;
    if (good) {
        quiet = old;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        good = tcsetattr(fd, TCSAFLUSH, &quiet) == 0;
    }
    if (good) {
        fputs(prompt, tty);
        (void)fflush(tty);
        good = read_line(tty, room);
        (void)tcsetattr(fd, TCSAFLUSH, &old);
        fputc('\n', tty);
    }
    (void)fclose(tty);
    return good;
}

static bool ask_twice(const cli_args *a, bool twice, char room[CLI_PASSWORD_MAX])
{
    char again[CLI_PASSWORD_MAX];
    if (!ask(cli_tr(a, "口令：", "password: "), room))
        return false;
    bool same =
        !twice || (ask(cli_tr(a, "再输一次：", "again: "), again) && strcmp(room, again) == 0);
    if (twice)
        cli_password_wipe(again);
    return same;
}

int cli_password(const cli_args *a, bool twice, char room[CLI_PASSWORD_MAX], const char **out)
{
    const char *from = cli_option(a, "--password-file");
    *out = NULL;
    memset(room, 0, CLI_PASSWORD_MAX);
    if (!from)
        return 0;
    bool good;
    if (strcmp(from, "-") == 0) {
        good = ask_twice(a, twice, room);
    } else {
        FILE *f = fopen(from, "re");
        good = f && read_line(f, room);
        if (f)
            (void)fclose(f);
    }
    if (!good) {
        cli_complain(a, "读不到口令（--password-file 文件，或 - 由终端输入）：",
                     "no password (--password-file FILE, or - to be asked): ");
        cli_print_escaped(stderr, from, strlen(from));
        fputc('\n', stderr);
        cli_password_wipe(room);
        return MSH_EXIT_USAGE;
    }
    *out = room;
    return 0;
}
