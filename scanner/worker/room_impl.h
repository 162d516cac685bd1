/* room_impl.h: what the two rooms share. Not for other folders. */
#ifndef MSH_WORKER_ROOM_IMPL_H
#define MSH_WORKER_ROOM_IMPL_H

#include "crypto/digest.h"
#include "worker/room.h"

/* The first member of each room. */
struct msh_room {
    size_t (*free_slots)(const msh_room *r);
    msh_err (*give)(msh_room *r, const msh_job *job, msh_error *why);
    msh_err (*take)(msh_room *r, const msh_room_events *events, int timeout_ms, size_t *left,
                    msh_error *why);
    void (*close)(msh_room *r);
    const char *level;
    size_t (*descriptors)(const msh_room *r, int *out, size_t cap); /* NULL: nothing to wait for */
};

msh_err msh_room_open_inproc(const msh_room_options *options, msh_room **out, msh_error *why);
msh_err msh_room_open_processes(const msh_room_options *options, msh_room **out, msh_error *why);

/* A job with its bytes copied, in one block; freed by msh_free. fd is taken over. */
typedef struct msh_room_copy {
    msh_job job;
    uint8_t bytes[];
} msh_room_copy;
msh_room_copy *msh_room_copy_job(const msh_job *job);

/* Reads a file from its beginning to its end, at most `most` bytes, through buf. false when it
 * cannot be read. */
enum { MSH_HASH_STEP = 1 << 18 };
bool msh_hash_file(msh_digest *d, int fd, uint64_t most, uint8_t *buf, uint8_t sha256[32],
                   uint8_t sm3[32]);

#endif
