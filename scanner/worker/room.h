/* room.h: hostile parsing in a locked room, seen from the supervisor.
 *
 * Two implementations of one interface: locked processes (parent.c with zygote.c, child.c,
 * lock_linux.c) and, for tests, fuzzing and embedding, the same in this process (inproc.c).
 * Results come back in the order in which items were given, whatever the number of workers. */
#ifndef MSH_WORKER_ROOM_H
#define MSH_WORKER_ROOM_H

#include <mishen/finding.h>
#include <mishen/options.h>

#include "base/reason.h"
#include "rule/match.h"

typedef struct msh_room msh_room;

typedef struct msh_room_options {
    const msh_rules *rules; /* NULL: extraction only */
    msh_limits limits;
    unsigned jobs;    /* 0 = one for each CPU */
    unsigned digests; /* MSH_DIGEST_* */
    bool sandbox;     /* false: --no-sandbox, processes without a lock */
    bool inproc;      /* no processes at all */
    bool texts;       /* hand over texts (mishen extract) */
    bool explain;     /* with texts and rules: an account of each text instead (scan --explain) */
    msh_lang lang;    /* of that account */
    bool ocr;
    const char *libexec; /* folder of the helper programs */
} msh_room_options;

/* One job. The room owns fd from then on. tag comes back with every result. */
typedef struct msh_job {
    uint64_t tag;
    int fd; /* -1: only the names are matched */
    uint64_t size;
    msh_view path;   /* copied */
    msh_view link;   /* copied: target of a link, matched as name */
    msh_view xattrs; /* copied: "name\0value\0"…, matched as meta */
} msh_job;

/* What came of a job, as calls in this order: texts and outcomes as they arise, hits at the end,
 * then done. All of it was checked: sizes, enumerations, UTF-8 where promised, place counts. */
typedef struct msh_room_done {
    uint64_t tag;
    msh_view format;
    uint64_t findings; /* also those past the limit */
    bool optical;      /* OCR ran and read next to nothing */
    bool optical_page; /* and the picture looks like a page of text */
    bool has_sha256, has_sm3;
    uint8_t sha256[32], sm3[32];
    uint32_t ms;
} msh_room_done;

typedef struct msh_room_events {
    void *ctx;
    msh_err (*text)(void *ctx, uint64_t tag, const msh_place *place, msh_view utf8);
    msh_err (*outcome)(void *ctx, uint64_t tag, msh_reason reason, const msh_place *place,
                       uint64_t reached);
    msh_err (*hit)(void *ctx, uint64_t tag, const msh_hit *hit);
    msh_err (*done)(void *ctx, const msh_room_done *done);
} msh_room_events;

/* Starts processes and runs the canary: MSH_E_SANDBOX when the lock does not hold. Call it before
 * any key is loaded: workers are copies of this process. */
MSH_MUST_CHECK msh_err msh_room_open(const msh_room_options *options, msh_room **out,
                                     msh_error *why);
/* How many jobs may be given before results must be taken. */
size_t msh_room_free_slots(const msh_room *r);
MSH_MUST_CHECK msh_err msh_room_give(msh_room *r, const msh_job *job, msh_error *why);
/* Wait (at most timeout_ms, -1 = until something came) and deliver what is complete, in order.
 * *left: jobs still open. An error of a callback is returned. */
MSH_MUST_CHECK msh_err msh_room_take(msh_room *r, const msh_room_events *events, int timeout_ms,
                                     size_t *left, msh_error *why);
/* Descriptors that become readable when msh_room_take has something to do, for a caller that waits
 * for other things as well; valid until the next call. Deadlines are kept by calling msh_room_take
 * every 100 ms or so while jobs are open. Returns how many, at most cap. */
size_t msh_room_descriptors(const msh_room *r, int *out, size_t cap);
void msh_room_close(msh_room *r);

/* What the lock reached: "seccomp+landlock", "seccomp", "none". */
const char *msh_room_lock_level(const msh_room *r);

#endif
