/* frame.h: what processes of the room say to each other, over SOCK_SEQPACKET socket pairs.
 *
 * A packet is at most 64 KiB and holds whole frames: u8 version, u8 type, u16 zero, u32 number of
 * the job, u32 length of the body, body; little-endian. The supervisor takes every frame of a
 * worker for hostile: what is not exactly as written here is refused. */
#ifndef MSH_WORKER_FRAME_H
#define MSH_WORKER_FRAME_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "worker/child.h"

enum {
    MSH_FRAME_VERSION = 1,
    MSH_FRAME_HEAD = 12,
    MSH_FRAME_PACKET = 65536,
    MSH_FRAME_CHUNK = 56 << 10, /* of a text or of a job's names */
    MSH_FRAME_VPATH = 16 << 10, /* of a place, after the path of the item; longer is cut */
    MSH_FRAME_NAME = 2048,
    MSH_FRAME_NORMAL = 8192,
    MSH_FRAME_EXCERPT = 256,
    MSH_FRAME_MORE = 20
};

typedef enum msh_frame_type {
    /* supervisor to worker and hasher */
    MSH_FRAME_JOB = 1,
    MSH_FRAME_PART = 2, /* more bytes of the names of a job */
    /* worker to supervisor */
    MSH_FRAME_HELLO = 16,
    MSH_FRAME_TEXT = 17,
    MSH_FRAME_OUTCOME = 18,
    MSH_FRAME_HIT = 19,
    MSH_FRAME_DONE = 20,
    MSH_FRAME_HELPER_WANTED = 21,
    MSH_FRAME_HELPER_USED = 22,
    MSH_FRAME_HELPER_FAILED = 23,
    /* hasher to supervisor */
    MSH_FRAME_DIGEST = 24
} msh_frame_type;

typedef struct msh_frame {
    uint8_t type;
    uint32_t seq;
    msh_view body;
} msh_frame;

/* --- writing: into a buffer; failures stick in it ----------------------------------------------
 */

/* Returns where the frame begins, for msh_frame_end. */
size_t msh_frame_begin(msh_buf *out, msh_frame_type type, uint32_t seq);
void msh_frame_end(msh_buf *out, size_t begin);

typedef struct msh_frame_job {
    bool has_fd, eager;
    uint32_t time_ms;
    uint64_t size;
    uint32_t path_len, link_len, xattrs_len; /* of the bytes that follow, in this order */
} msh_frame_job;
void msh_frame_put_job(msh_buf *out, const msh_frame_job *job);
/* base: the vpath of the item; what every vpath begins with is not sent. */
void msh_frame_put_outcome(msh_buf *out, msh_view base, msh_reason reason, const msh_place *place,
                           uint64_t reached);
void msh_frame_put_hit(msh_buf *out, msh_view base, const msh_hit *hit, bool early);
/* Head of a text frame; its bytes come after it. more: the text goes on in the next frame. */
void msh_frame_put_text(msh_buf *out, msh_view base, const msh_place *place, bool more);
void msh_frame_put_done(msh_buf *out, const msh_child_done *done);

/* --- reading: false when malformed -------------------------------------------------------------
 */

/* The next frame of a packet. *end: there is none left. */
bool msh_frame_next(msh_cursor *c, msh_frame *out, bool *end);
bool msh_frame_get_job(msh_cursor *c, msh_frame_job *out);

/* Joined vpaths are made in `scratch`; all else points into the body or is base. */
typedef struct msh_frame_outcome {
    msh_reason reason;
    uint64_t reached;
    msh_place place;
} msh_frame_outcome;
bool msh_frame_get_outcome(msh_view body, msh_view base, msh_arena *scratch,
                           msh_frame_outcome *out);
typedef struct msh_frame_hit {
    msh_hit hit;
    bool early;
    msh_place more[MSH_FRAME_MORE];
} msh_frame_hit;
/* n_rules: hit.rule is less. hit.more points into out. */
bool msh_frame_get_hit(msh_view body, msh_view base, size_t n_rules, msh_arena *scratch,
                       msh_frame_hit *out);
typedef struct msh_frame_text {
    msh_place place;
    bool more;
    msh_view bytes; /* UTF-8 */
} msh_frame_text;
bool msh_frame_get_text(msh_view body, msh_view base, msh_arena *scratch, msh_frame_text *out);
bool msh_frame_get_done(msh_view body, msh_child_done *out);

#endif
