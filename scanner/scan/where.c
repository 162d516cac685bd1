/* where.c: from /proc/self/exe to libexec and rules. */
#define _GNU_SOURCE
#include "scan/where.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The folder of the running program; "." when the system does not say. */
static void program_folder(char out[MSH_WHERE_PATH])
{
    ssize_t n = readlink("/proc/self/exe", out, MSH_WHERE_PATH - 1);
    if (n <= 0) {
        (void)snprintf(out, MSH_WHERE_PATH, ".");
        return;
    }
    out[n] = '\0';
    char *slash = strrchr(out, '/');
    if (slash)
        *slash = '\0';
}

/* The first of two folders below the program's that holds `probe`, else the second. */
static void choose(const char *first, const char *second, const char *probe,
                   char out[MSH_WHERE_PATH])
{
    char folder[MSH_WHERE_PATH], path[2 * MSH_WHERE_PATH];
    program_folder(folder);
    (void)snprintf(path, sizeof path, "%s/%s/%s", folder, first, probe);
    const char *chosen = access(path, F_OK) == 0 ? first : second;
    if (snprintf(out, MSH_WHERE_PATH, "%s/%s", folder, chosen) >= MSH_WHERE_PATH)
        out[0] = '\0';
}

void msh_where_libexec(const msh_options *options, char out[MSH_WHERE_PATH])
{
    if (options->libexec)
        (void)snprintf(out, MSH_WHERE_PATH, "%s", options->libexec);
    else
        choose("libexec", "../libexec/mishen", "../CMakeCache.txt", out);
}

void msh_where_rules(const msh_options *options, char out[MSH_WHERE_PATH])
{
    if (options->data)
        (void)snprintf(out, MSH_WHERE_PATH, "%s", options->data);
    else
        choose("../../rules", "../share/mishen/rules", "gov-marks.yaml", out);
}
