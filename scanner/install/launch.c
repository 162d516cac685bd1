/* launch.c: the first program of the offline bundle: starts the one of the same name behind it with
 * the loader and libraries of the bundle, whatever the system has. Linked statically.
 *
 *   ROOT/mishen                       → ROOT/bin/mishen
 *   ROOT/libexec/mishen/mishen-pdf    → ROOT/lib/mishen/mishen-pdf */
#define _GNU_SOURCE
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#define LOADER "lib/ld-linux-x86-64.so.2"

enum { PATHS = PATH_MAX + 64, CANNOT = 126, MOST_ARGUMENTS = 131072 };

static char *all[MOST_ARGUMENTS + 8];

static int complain(const char *what)
{
    fprintf(stderr,
            "mishen: 离线包不完整，请重新解压 / the bundle is not whole, unpack it anew: %s\n",
            what);
    return CANNOT;
}

/* ROOT is the folder of this program, or two above it: where the loader lies. */
static int find_root(char *root)
{
    char loader[PATHS];
    for (int up = 0; up < 3; up++) {
        char *slash = strrchr(root, '/');
        if (!slash)
            return 0;
        *slash = '\0';
        (void)snprintf(loader, sizeof loader, "%s/" LOADER, root);
        if (up != 1 && access(loader, X_OK) == 0)
            return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    char self[PATH_MAX], root[PATH_MAX], loader[PATHS], program[PATHS], lib[PATHS], locale[PATHS];
    const char *execfn = (const char *)(uintptr_t)getauxval(AT_EXECFN);
    if (!execfn || !realpath(execfn, self))
        return complain("AT_EXECFN");
    memcpy(root, self, sizeof root);
    if (!find_root(root))
        return complain(LOADER);
    const char *name = strrchr(self, '/') + 1;
    int deep = self[strlen(root) + 1] != '\0' && strchr(self + strlen(root) + 1, '/') != NULL;
    (void)snprintf(loader, sizeof loader, "%s/" LOADER, root);
    (void)snprintf(lib, sizeof lib, "%s/lib", root);
    (void)snprintf(locale, sizeof locale, "%s/lib/locale", root);
    (void)snprintf(program, sizeof program, "%s/%s/%s", root, deep ? "lib/mishen" : "bin", name);
    if (argc > MOST_ARGUMENTS || setenv("LOCPATH", locale, 1) != 0)
        return complain("argc");
    char *head[] = {loader, "--inhibit-cache", "--library-path", lib, program};
    memcpy(all, head, sizeof head);
    for (int i = 1; i < argc; i++)
        all[4 + i] = argv[i];
    (void)execv(loader, all);
    return complain(program);
}
