/* wire.h: frames between a worker and a helper program over a connected stream socket.
 *
 * Architecture, section 4. Both sides take the other for hostile: every length has a cap, every
 * number a range, every wait a deadline on CLOCK_MONOTONIC, and text is checked to be UTF-8.
 * Only poll, sendmsg and recvmsg are used, so that both ends can be locked.
 *
 * A frame: u32 payload length (little-endian, at most MSH_WIRE_PAYLOAD), u8 kind, three zero bytes,
 * payload. Worker to helper: REQUEST, then DATA until its size is reached. Helper to worker: any
 * number of ITEM (each with DATA until its size is reached), OUTCOME, STATS; then DONE. */
#ifndef MSH_BASE_WIRE_H
#define MSH_BASE_WIRE_H

#include "base/buf.h"
#include "base/reason.h"

enum { MSH_WIRE_VERSION = 1, MSH_WIRE_HEAD = 8, MSH_WIRE_PAYLOAD = 65536, MSH_WIRE_NAME = 4096 };

typedef enum msh_wire_kind {
    MSH_WIRE_REQUEST = 1,
    MSH_WIRE_DATA = 2,
    MSH_WIRE_ITEM = 3,
    MSH_WIRE_OUTCOME = 4,
    MSH_WIRE_STATS = 5,
    MSH_WIRE_DONE = 6
} msh_wire_kind;

/* What an ITEM is. */
typedef enum msh_wire_what {
    MSH_WIRE_TEXT = 1,  /* UTF-8 */
    MSH_WIRE_BYTES = 2, /* a text in an unknown charset */
    MSH_WIRE_CHILD = 3, /* a document inside: the worker probes it */
    MSH_WIRE_IMAGE = 4  /* a picture (PNM) of a page for the OCR helper */
} msh_wire_what;

typedef struct msh_wire_request {
    uint32_t flags;      /* of the helper */
    uint32_t pages;      /* at most so many pages (pdf: rendered for OCR; ocr: read) */
    uint32_t time_ms;    /* for the whole document */
    uint64_t size;       /* bytes of the document that follow */
    uint64_t decoded;    /* bytes that may come out of decoders */
    uint64_t item_bytes; /* the greatest item that is taken */
} msh_wire_request;

enum { MSH_WIRE_WANT_OCR = 1 }; /* pdf: send pictures of pages that need OCR */

typedef struct msh_wire_item {
    msh_wire_what what;
    msh_role role;
    uint32_t flags;
    uint32_t page;
    uint64_t size;
    msh_view name; /* UTF-8 or raw bytes, at most MSH_WIRE_NAME */
} msh_wire_item;

enum { MSH_WIRE_PAGE_WHOLE = 1 }; /* image: a whole page without any text layer */

typedef struct msh_wire_outcome {
    msh_reason reason;
    uint32_t page;
    uint64_t reached;
} msh_wire_outcome;

typedef struct msh_wire_stats {
    uint32_t pages;
    uint32_t confidence; /* mean, 0 … 100 */
    uint64_t chars;      /* read by OCR, without blanks */
} msh_wire_stats;

/* One end of a socket. About 64 KiB: on the heap. */
typedef struct msh_wire {
    int fd;
    uint64_t deadline_ns; /* 0 = none */
    uint64_t waited_ns;   /* spent waiting until the other side took what was sent */
    msh_err err;          /* the first failure sticks */
    size_t have, at;      /* bytes received and not yet handed on: in[at … have) */
    uint8_t in[MSH_WIRE_HEAD + MSH_WIRE_PAYLOAD];
} msh_wire;

typedef struct msh_wire_frame {
    msh_wire_kind kind;
    msh_view payload; /* until the next call on the same wire */
} msh_wire_frame;

#ifdef __cplusplus
extern "C" {
#endif

void msh_wire_open(msh_wire *w, int fd);

/* Sending. Errors: MSH_E_LIMIT_TIME, MSH_E_CHILD (the other side is gone), MSH_E_LIMIT_BUFFER (a
 * name or size past its cap). */
MSH_MUST_CHECK msh_err msh_wire_send_request(msh_wire *w, const msh_wire_request *r,
                                             msh_view bytes);
MSH_MUST_CHECK msh_err msh_wire_send_item(msh_wire *w, const msh_wire_item *item, msh_view bytes);
MSH_MUST_CHECK msh_err msh_wire_send_outcome(msh_wire *w, const msh_wire_outcome *o);
MSH_MUST_CHECK msh_err msh_wire_send_stats(msh_wire *w, const msh_wire_stats *s);
MSH_MUST_CHECK msh_err msh_wire_send_done(msh_wire *w);

/* The next frame, with its payload whole. MSH_E_LIMIT_TIME, MSH_E_CHILD (closed between or inside
 * frames), MSH_E_SYNTAX (a length or kind out of range). */
MSH_MUST_CHECK msh_err msh_wire_take(msh_wire *w, msh_wire_frame *out);
/* Reading a payload: MSH_E_SYNTAX when it is malformed. Views point into the payload. */
MSH_MUST_CHECK msh_err msh_wire_read_request(msh_view payload, msh_wire_request *out);
MSH_MUST_CHECK msh_err msh_wire_read_item(msh_view payload, msh_wire_item *out);
MSH_MUST_CHECK msh_err msh_wire_read_outcome(msh_view payload, msh_wire_outcome *out);
MSH_MUST_CHECK msh_err msh_wire_read_stats(msh_view payload, msh_wire_stats *out);
/* The DATA frames that follow a REQUEST or an ITEM, appended to `out`, whose ceiling must be at
 * least `size` greater than its length: else MSH_E_LIMIT_BUFFER. */
MSH_MUST_CHECK msh_err msh_wire_take_data(msh_wire *w, uint64_t size, msh_buf *out);

#ifdef __cplusplus
}
#endif
#endif
