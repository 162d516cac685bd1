/* helper_serve.h: what every helper program does: one connected socket (descriptor 3), one document
 * after the other, locked (architecture.md section 4, safety.md section 3).
 *
 * A helper is told `--no-lock` by a caller that itself runs without a sandbox; nothing else. */
#ifndef MSH_WORKER_HELPER_SERVE_H
#define MSH_WORKER_HELPER_SERVE_H

#include "base/wire.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { MSH_SERVE_FD = 3 };

/* One document. */
typedef struct msh_serve_job {
    msh_wire *wire;
    msh_wire_request request;
    msh_view bytes;
    uint64_t started_ns;
    uint64_t sent; /* bytes of items so far */
    msh_err err;   /* of the socket: nothing more can be said */
} msh_serve_job;

typedef struct msh_serve_program {
    void *ctx;
    /* Libraries made ready, before the lock. false: this machine lacks something. */
    bool (*start)(void *ctx);
    const char *const *folders; /* that may be read after the lock */
    size_t n_folders;
    void (*document)(void *ctx, msh_serve_job *job);
} msh_serve_program;

/* Serves until the other side closes; the exit status of the program. */
int msh_serve_main(const msh_serve_program *program, int argc, char **argv);

/* True once the time of the document is up (waiting for the worker does not count) or the worker is
 * gone. */
bool msh_serve_late(const msh_serve_job *job);

/* Answers. Failures stick in job->err. Text that is not UTF-8 is sent as MSH_WIRE_BYTES. Items past
 * the size that was asked for become an outcome. */
void msh_serve_item(msh_serve_job *job, const msh_wire_item *item, msh_view bytes);
void msh_serve_outcome(msh_serve_job *job, msh_reason reason, uint32_t page, uint64_t reached);
void msh_serve_stats(msh_serve_job *job, const msh_wire_stats *stats);

#ifdef __cplusplus
}
#endif
#endif
