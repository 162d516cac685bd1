/* self.c: where the running program lies, without trusting the environment. */
#define _GNU_SOURCE
#include "base/self.h"

#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool msh_self_path(char out[MSH_SELF_PATH])
{
    char real[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", out, MSH_SELF_PATH - 1);
    out[n > 0 ? n : 0] = '\0';
    if (n > 0 && n < MSH_SELF_PATH - 1 && strncmp(last_name(out), "ld-", 3) != 0)
        return true;
    const char *name = (const char *)(uintptr_t)getauxval(AT_EXECFN);
    if (!name || !realpath(name, real))
        return false;
    return snprintf(out, MSH_SELF_PATH, "%s", real) < MSH_SELF_PATH;
}

void msh_self_share(const char *below, char out[MSH_SELF_PATH])
{
    char self[MSH_SELF_PATH], real[PATH_MAX];
    if (msh_self_path(self)) {
        self[strlen(self) - strlen(last_name(self))] = '\0';
        int n = snprintf(out, MSH_SELF_PATH, "%s../../share/%s", self, below);
        if (n < MSH_SELF_PATH && realpath(out, real) && strlen(real) < MSH_SELF_PATH) {
            memcpy(out, real, strlen(real) + 1);
            return;
        }
    }
    (void)snprintf(out, MSH_SELF_PATH, "/usr/share/%s", below);
}

int msh_self_nowhere(void)
{
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    return fd >= 0 ? fd : open("/", O_PATH | O_CLOEXEC);
}
