/* zygote.h: the process that forks the room's processes and owns their pids.
 *
 * It is forked from the supervisor when the room opens, before any key or log exists, with the
 * rules compiled. The supervisor never forks or kills by pid: it asks the zygote. */
#ifndef MSH_WORKER_ZYGOTE_H
#define MSH_WORKER_ZYGOTE_H

#include "worker/child.h"
#include "worker/lock_linux.h"

#include <sys/types.h>

typedef enum msh_zygote_op {
    MSH_ZYGOTE_WORKER,  /* fds: its socket, its socket for helpers */
    MSH_ZYGOTE_HASHER,  /* fds: its socket */
    MSH_ZYGOTE_CANARY,  /* number: what to try */
    MSH_ZYGOTE_KILL,    /* end a process and its helpers */
    MSH_ZYGOTE_RENEW,   /* its CPU time begins anew */
    MSH_ZYGOTE_HELPER,  /* number: helper of a worker; fds: its socket */
    MSH_ZYGOTE_UNHELPER /* number: end that helper */
} msh_zygote_op;

typedef struct msh_zygote_request {
    uint32_t op, id, number;
} msh_zygote_request;

/* A process is gone, or never came to be. */
typedef struct msh_zygote_answer {
    uint32_t id;
    int32_t status;  /* of waitpid */
    int32_t no_fork; /* errno when it could not be forked, else 0 */
} msh_zygote_answer;

typedef struct msh_zygote_options {
    const msh_room_options *room;
    const msh_lock *lock; /* NULL: processes are not locked */
} msh_zygote_options;

/* What a canary tries; each must end it by SIGSYS. */
enum { MSH_CANARY_TRIES = 7 };
enum { MSH_EXIT_LOCK_FAILED = 70, MSH_EXIT_NO_MEMORY = 71 };

/* Forks it. *socket: for requests and answers, one a packet, owned by the caller; closing it ends
 * the zygote and all its processes. */
MSH_MUST_CHECK msh_err msh_zygote_start(const msh_zygote_options *options, int *socket, pid_t *pid,
                                        msh_error *why);

/* What the processes run; they return an exit status. level: what the lock reached. */
int msh_serve(const msh_room_options *options, int socket, int helpers, const msh_lock *lock);
int msh_hasher(const msh_room_options *options, int socket, const msh_lock *lock);
/* Limits and lock of such a process, once it has allocated what it needs. */
bool msh_zygote_lock(const msh_lock *lock, unsigned *level);

#endif
