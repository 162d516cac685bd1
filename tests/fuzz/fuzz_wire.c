/* fuzz_wire.c: bytes from a hostile peer of a helper's socket. Every frame and payload reader. */
#define _GNU_SOURCE
#include "base/mem.h"
#include "base/wire.h"

#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

static void read_payload(msh_wire *w, const msh_wire_frame *f, msh_buf *body)
{
    msh_wire_request request;
    msh_wire_item item;
    msh_wire_outcome outcome;
    msh_wire_stats stats;
    uint64_t size = 0;
    if (msh_wire_read_stats(f->payload, &stats) == MSH_OK && stats.confidence > 100)
        __builtin_trap();
    if (msh_wire_read_outcome(f->payload, &outcome) == MSH_OK && outcome.reason >= MSH_REASON_COUNT)
        __builtin_trap();
    if (f->kind == MSH_WIRE_REQUEST && msh_wire_read_request(f->payload, &request) == MSH_OK)
        size = request.size;
    if (f->kind == MSH_WIRE_ITEM && msh_wire_read_item(f->payload, &item) == MSH_OK) {
        if (item.role >= MSH_ROLE_COUNT || item.name.len > MSH_WIRE_NAME)
            __builtin_trap();
        size = item.size;
    }
    msh_buf_reset(body);
    if (msh_wire_take_data(w, size, body) == MSH_OK && body->len != size)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd[2];
    if (size > 100000 || socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0)
        return 0;
    msh_wire *w = msh_alloc(sizeof *w);
    msh_buf body;
    msh_buf_init(&body, 1 << 20);
    ssize_t sent = send(fd[1], data, size, MSG_DONTWAIT);
    close(fd[1]);
    if (w && sent == (ssize_t)size) {
        msh_wire_frame f;
        msh_wire_open(w, fd[0]);
        while (msh_wire_take(w, &f) == MSH_OK)
            read_payload(w, &f, &body);
    }
    msh_buf_dispose(&body);
    msh_free(w);
    close(fd[0]);
    return 0;
}
