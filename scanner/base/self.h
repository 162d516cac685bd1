/* self.h: the file of the running program, and what lies beside it. */
#ifndef MSH_BASE_SELF_H
#define MSH_BASE_SELF_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { MSH_SELF_PATH = 4096 };

/* Absolute path of the running program. Where it was started by way of a loader of its own (an
 * offline bundle), /proc/self/exe is that loader, and the kernel's AT_EXECFN, which the loader sets
 * to the program, tells; also where /proc is not mounted. false when nobody tells. */
bool msh_self_path(char out[MSH_SELF_PATH]);

/* The folder `below` under the share/ that belongs to this program (two folders above it, as for
 * libexec/mishen/NAME), if it is there; else under /usr/share. */
void msh_self_share(const char *below, char out[MSH_SELF_PATH]);

/* A descriptor that swallows what is written: /dev/null, or where there is none one that refuses
 * every byte; -1 when not even that can be had. Closed on exec. */
int msh_self_nowhere(void);

#ifdef __cplusplus
}
#endif
#endif
