/* helpers.h: starting helper programs (architecture.md section 4): libexec/mishen-NAME. */
#ifndef MSH_WORKER_HELPERS_H
#define MSH_WORKER_HELPERS_H

#include <mishen/options.h>

#include <sys/types.h>

enum { MSH_HELPER_KINDS = 2, MSH_HELPER_FD = 3 };

/* Number of a helper by its name, -1 for a name that is none. */
int msh_helper_number(const char *name);
/* NULL out of range. */
const char *msh_helper_name(unsigned number);

/* Fork and execute helper `number`. It finds `socket` as descriptor 3, no other but 0 to 2 on
 * /dev/null, a clean environment, its limits set, and dies with the caller; it locks itself unless
 * `lock` is false. The caller keeps `socket`. -1 when there is no such program or no process. */
pid_t msh_helper_spawn(const char *libexec, unsigned number, int socket, uint64_t memory,
                       bool lock);
/* Whether the program is there. */
bool msh_helper_exists(const char *libexec, unsigned number);

#endif
