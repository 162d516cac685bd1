/* parent.h: the supervisor's side of the room of processes. Not for other folders.
 *
 *   parent.c   the room: slots in order, the event loop
 *   pool.c     processes: asked for, fed, timed, ended
 *   results.c  what was said about a slot: checked when it comes, delivered in order */
#ifndef MSH_WORKER_PARENT_H
#define MSH_WORKER_PARENT_H

#include "base/table.h"
#include "worker/frame.h"
#include "worker/helpers.h"
#include "worker/room_impl.h"
#include "worker/serve.h"
#include "worker/zygote.h"

enum {
    MSH_POOL_QUEUE = 4,             /* jobs sent to a worker at once, the first being read */
    MSH_POOL_QUEUE_BYTES = 1 << 20, /* of these together, unless it is one */
    MSH_POOL_HASH_QUEUE = 32,
    MSH_POOL_FILES = 64, /* then a worker is replaced */
    MSH_POOL_GRACE_MS = 5000,
    MSH_POOL_AGAIN_MS = 10000, /* for the second try of a file that ran out of time */
    MSH_POOL_MOST_JOBS = 128
};
static const uint64_t MSH_POOL_DECODED = 256ull << 20; /* then a worker is replaced */

/* --- slots: jobs in the order of giving ----------------------------------------------------------
 */

typedef enum msh_slot_state {
    MSH_SLOT_WAITING, /* for a worker */
    MSH_SLOT_SENT,
    MSH_SLOT_READ /* no worker has it any more */
} msh_slot_state;

typedef struct msh_slot {
    msh_room_copy *copy;
    msh_buf vpath;
    msh_slot_state state;
    bool alone;     /* second try: in a fresh worker, with early hits */
    bool delivered; /* something of it (texts), so that there is no second try */
    bool finished;  /* the worker said that it was done */
    bool has_reason;
    msh_reason reason; /* why it was not */
    uint32_t again_ms; /* time for the second try, 0 = the whole */
    uint64_t began_ns, ended_ns;
    msh_buf events, earlier; /* checked frames; of the first try */
    uint64_t outcomes, hits;
    uint64_t seen_bytes;
    bool text_open; /* a text whose end has not come */
    msh_child_done done;
    /* hashing */
    bool hash_sent, hash_ready, hash_ok;
    unsigned hash_tries;
    uint8_t sha256[32], sm3[32];
} msh_slot;

/* --- processes ----------------------------------------------------------------------------------
 */

typedef enum msh_proc_kind { MSH_PROC_WORKER, MSH_PROC_HASHER } msh_proc_kind;

typedef struct msh_proc {
    msh_proc_kind kind;
    uint32_t id; /* 0: no process */
    int fd, aux;
    bool ready, leaving; /* said hello; gets no more jobs */
    bool troubled;       /* said that it would leave after what it finished */
    bool killed, eof, exited;
    bool faulty; /* said something malformed */
    bool late;   /* killed because of its deadline */
    int status;
    uint32_t queue[MSH_POOL_HASH_QUEUE]; /* numbers of slots, oldest first */
    size_t n_queue;
    uint64_t queued_bytes;
    uint64_t began_ns, deadline_ns, renewed_ns, paused_ns;
    unsigned files;
    uint64_t decoded;
    uint64_t ocr_uses;
} msh_proc;

typedef struct msh_parent {
    msh_room base;
    msh_room_options options;
    msh_limits limits;
    char *libexec;
    size_t n_rules;
    msh_lock *lock;
    msh_zygote_options zygote_options;
    int zygote;
    pid_t zygote_pid;
    uint32_t next_id;
    msh_proc *procs;
    size_t jobs;               /* workers wanted */
    size_t n_workers, n_procs; /* room for workers and their successors first, then hashers */
    unsigned failures;         /* processes that came to nothing, in a row */
    uint64_t spawn_after_ns;
    unsigned level; /* as a worker said */
    msh_slot *slots;
    size_t cap;
    uint32_t head; /* number of the oldest slot */
    uint32_t n;    /* slots in use */
    uint32_t first_waiting, first_unhashed;
    uint64_t buffered; /* bytes of events in all slots */
    unsigned skipped;
    uint64_t heard_ns; /* when the processes were last heard */
    uint8_t *packet;
    msh_arena scratch;
    msh_buf out;
} msh_parent;

static inline msh_slot *msh_parent_slot(msh_parent *r, uint32_t seq)
{
    return &r->slots[seq % r->cap];
}

/* --- pool.c -------------------------------------------------------------------------------------
 */

MSH_MUST_CHECK msh_err msh_pool_open(msh_parent *r, msh_error *why);
void msh_pool_close(msh_parent *r);
/* Give waiting slots to processes with room, and replace processes that are gone. */
MSH_MUST_CHECK msh_err msh_pool_dispatch(msh_parent *r, msh_error *why);
/* Wait for the processes and hear them. */
MSH_MUST_CHECK msh_err msh_pool_poll(msh_parent *r, int timeout_ms, msh_error *why);
/* What msh_pool_poll waits for. */
size_t msh_pool_descriptors(const msh_parent *r, int *out, size_t cap);

/* --- results.c ----------------------------------------------------------------------------------
 */

/* A frame about the slot that the worker reads. false: malformed, or more than may be said. */
bool msh_results_frame(msh_parent *r, msh_proc *p, msh_slot *s, const msh_frame *f, msh_view whole);
/* Whether everything about the slot is known. */
bool msh_results_complete(const msh_parent *r, const msh_slot *s);
/* Texts and outcomes so far of the oldest slot (texts mode). */
MSH_MUST_CHECK msh_err msh_results_stream(msh_parent *r, msh_slot *s, const msh_room_events *e);
MSH_MUST_CHECK msh_err msh_results_deliver(msh_parent *r, msh_slot *s, const msh_room_events *e);
void msh_slot_drop(msh_parent *r, msh_slot *s);

#endif
