/* child.h: one item from descriptor to findings: where extract and rule meet.
 *
 * The same function runs in a locked worker (serve.c) and in this process (inproc.c). */
#ifndef MSH_WORKER_CHILD_H
#define MSH_WORKER_CHILD_H

#include "base/buf.h"
#include "worker/room.h"

typedef struct msh_child msh_child;

typedef struct msh_child_options {
    const msh_rules *rules; /* NULL: extraction only */
    const msh_limits *limits;
    bool texts, ocr;
    bool explain; /* texts as what the rules make of them (rule/trace.h) */
    msh_lang lang;
} msh_child_options;

typedef struct msh_child_job {
    int fd; /* borrowed; -1: only the names are matched */
    uint64_t size;
    msh_view path, link, xattrs;
    uint32_t time_ms; /* 0 = as the limits say */
    bool eager;       /* hand on hits after each text, too: see `early` */
} msh_child_job;

/* Where results go. */
typedef struct msh_child_out {
    void *ctx;
    /* A text in UTF-8, whole or a window of one. */
    msh_err (*text)(void *ctx, const msh_place *place, msh_view utf8);
    msh_err (*outcome)(void *ctx, msh_reason reason, const msh_place *place, uint64_t reached);
    /* early: found in one text, reported before the item is through, in case that it never is. */
    msh_err (*hit)(void *ctx, const msh_hit *hit, bool early);
    /* As msh_sink has them; NULL = no helpers. */
    int (*helper)(void *ctx, const char *name);
    void (*helper_failed)(void *ctx, const char *name);
    /* Nanoseconds spent in `text`, `outcome` and `hit` waiting for the reader; NULL = none. */
    uint64_t (*waited_ns)(void *ctx);
} msh_child_out;

typedef struct msh_child_done {
    char format[32];
    uint64_t findings;
    uint64_t decoded;
    bool optical;      /* OCR ran, and read next to nothing */
    bool optical_page; /* OCR read a page-like picture: people look at it */
    bool trouble;      /* memory ran out, a limit was hit, a helper failed: use a fresh process */
} msh_child_done;

/* What libraries of formats would load or open later. Once, before any lock. */
void msh_child_prepare(void);

/* NULL when memory is short. */
msh_child *msh_child_new(const msh_child_options *options);
void msh_child_free(msh_child *c);

/* Outcomes and texts as they arise, hits at the end. An error only when `out` returned it: what
 * went wrong with the item itself is an outcome. */
MSH_MUST_CHECK msh_err msh_child_run(msh_child *c, const msh_child_job *job,
                                     const msh_child_out *out, msh_child_done *done);

/* What the vpath of everything in an item begins with: its path with '!' written "\!". */
MSH_MUST_CHECK msh_err msh_child_vpath(msh_buf *out, msh_view path);

/* Each use of the OCR helper lets an item go on for so long, whatever time it has had; at most so
 * many uses for each page that limits.ocr_pages allows. */
enum { MSH_CHILD_OCR_MS = 20000, MSH_CHILD_OCR_USES = 2 };

#ifdef MSH_TEST_FAULTS
/* Tests: called with the path of every item before it is read, in workers that were started after
 * this call. Not in release builds. */
void msh_child_fault(void (*fault)(msh_view path));
#endif

#endif
