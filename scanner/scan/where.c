/* where.c: from the running program to libexec and rules. */
#define _GNU_SOURCE
#include "scan/where.h"

#include "base/self.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A place to look from, and where from there a thing would be. */
typedef struct guess {
    void (*folder)(char out[MSH_WHERE_PATH]);
    const char *below, *probe;
} guess;

static void cut_name(char path[MSH_WHERE_PATH])
{
    char *slash = strrchr(path, '/');
    if (slash)
        *slash = '\0';
}

/* The folder of the running program; "." when the system does not say. */
static void program_folder(char out[MSH_WHERE_PATH])
{
    if (msh_self_path(out))
        cut_name(out);
    else
        (void)snprintf(out, MSH_WHERE_PATH, ".");
}

/* The folder of libmishen.so, where another program has it loaded; else "." */
static void library_folder(char out[MSH_WHERE_PATH])
{
    Dl_info info;
    const char *file = ".";
    if (dladdr(&msh_options_default, &info) != 0 && info.dli_fname && info.dli_fname[0] == '/')
        file = info.dli_fname;
    if (snprintf(out, MSH_WHERE_PATH, "%s", file) >= MSH_WHERE_PATH)
        out[0] = '\0';
    cut_name(out);
}

/* The first guess whose probe is there, else the last. */
static void choose(const guess *all, size_t n, char out[MSH_WHERE_PATH])
{
    char folder[MSH_WHERE_PATH], path[2 * MSH_WHERE_PATH];
    for (size_t i = 0; i < n; i++) {
        all[i].folder(folder);
        int len = snprintf(out, MSH_WHERE_PATH, "%s/%s", folder, all[i].below);
        (void)snprintf(path, sizeof path, "%s/%s", out, all[i].probe);
        if (len >= MSH_WHERE_PATH)
            out[0] = '\0';
        else if (access(path, F_OK) == 0)
            return;
    }
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

void msh_where_libexec(const msh_options *options, char out[MSH_WHERE_PATH])
{
    static const guess all[] = {
        {program_folder, "libexec", "../CMakeCache.txt"},
        {library_folder, "libexec", "../CMakeCache.txt"},
        {program_folder, "../libexec/mishen", ""},
        {library_folder, "../libexec/mishen", ""},
        {library_folder, "../../libexec/mishen", ""}, /* lib/x86_64-linux-gnu */
        {program_folder, "../libexec/mishen", ""},
    };
    if (options->libexec)
        (void)snprintf(out, MSH_WHERE_PATH, "%s", options->libexec);
    else
        choose(all, COUNT(all), out);
}

void msh_where_rules(const msh_options *options, char out[MSH_WHERE_PATH])
{
    static const guess all[] = {
        {program_folder, "../../rules", "gov-marks.yaml"},
        {library_folder, "../../rules", "gov-marks.yaml"},
        {program_folder, "../share/mishen/rules", "gov-marks.yaml"},
        {library_folder, "../share/mishen/rules", "gov-marks.yaml"},
        {library_folder, "../../share/mishen/rules", "gov-marks.yaml"},
        {program_folder, "../share/mishen/rules", ""},
    };
    if (options->data)
        (void)snprintf(out, MSH_WHERE_PATH, "%s", options->data);
    else
        choose(all, COUNT(all), out);
}
