/* extract_dump.h: runs extract over bytes in memory and keeps what it hands on, for tests. */
#ifndef MSH_TEST_EXTRACT_DUMP_H
#define MSH_TEST_EXTRACT_DUMP_H

#include <stdio.h>

#include "base/buf.h"
#include "base/view.h"
#include "extract/extract.h"

/* Everything of one item: "role|vpath|name|text\n" a text in UTF-8, "!reason|vpath\n" an outcome.
 */
typedef struct dump {
    msh_buf log;
    msh_arena arena;
    msh_limits limits;
    msh_extract x;
    unsigned texts, outcomes;
    uint64_t bytes;
    uint64_t decoded_most; /* of one text */
    /* where a needle was found in a text, as an offset of the source */
    msh_view needle;
    uint64_t needle_at;
    /* and its place: sheet, cell, page, role */
    char needle_sheet[64];
    uint32_t needle_row, needle_col, needle_page;
    msh_role needle_role;
    bool needle_found;
} dump;

static void dump_needle(dump *d, const msh_text *t, size_t at)
{
    d->needle_at = t->map ? msh_map_source(t->map, at) : t->place.offset + at;
    d->needle_role = t->place.role;
    d->needle_found = true;
    d->needle_page = t->place.page;
    for (size_t i = 0; i < t->n_anchors && t->anchors[i].at <= at; i++) {
        d->needle_row = t->anchors[i].cell_row;
        d->needle_col = t->anchors[i].cell_col;
    }
    (void)snprintf(d->needle_sheet, sizeof d->needle_sheet, "%.*s", (int)t->place.sheet.len,
                   (const char *)t->place.sheet.data);
}

static msh_err dump_text(void *ctx, const msh_text *t)
{
    dump *d = ctx;
    size_t used;
    uint64_t bad = 0;
    d->texts++;
    d->bytes += t->bytes.len;
    msh_buf_printf(&d->log, "%s|", msh_role_name(t->place.role));
    msh_buf_put_view(&d->log, t->place.vpath);
    msh_buf_put_str(&d->log, "|");
    msh_buf_put_view(&d->log, t->place.name);
    msh_buf_put_str(&d->log, "|");
    msh_charset_decode(t->charset, t->bytes, true, &d->log, &used, &bad);
    if (d->needle.len && t->charset == MSH_CS_UTF8 && !d->needle_found) {
        size_t at = msh_view_find(t->bytes, d->needle, 0);
        if (at != SIZE_MAX)
            dump_needle(d, t, at);
    }
    msh_buf_put_str(&d->log, "\n");
    return MSH_OK;
}

static msh_err dump_outcome(void *ctx, msh_reason reason, const msh_place *place, uint64_t reached)
{
    dump *d = ctx;
    (void)reached;
    d->outcomes++;
    msh_buf_printf(&d->log, "!%s|", msh_reason_name(reason));
    msh_buf_put_view(&d->log, place->vpath);
    msh_buf_put_str(&d->log, "\n");
    return MSH_OK;
}

static const msh_sink dump_sink_rows = {.text = dump_text, .outcome = dump_outcome};

static inline void dump_begin(dump *d)
{
    *d = (dump){.needle_at = UINT64_MAX};
    msh_buf_init(&d->log, (size_t)1 << 30);
    msh_arena_init(&d->arena, 0);
    msh_limits_default(&d->limits);
}

static inline msh_err dump_run(dump *d, msh_view bytes, const char *name)
{
    msh_input in;
    msh_sink sink = dump_sink_rows;
    sink.ctx = d;
    d->x = (msh_extract){.arena = &d->arena, .limits = &d->limits, .sink = &sink};
    msh_input_memory(&in, bytes);
    msh_err err = msh_extract_item(&d->x, &in, msh_view_str(name));
    msh_input_dispose(&in);
    return err;
}

static inline void dump_end(dump *d)
{
    msh_buf_dispose(&d->log);
    msh_arena_dispose(&d->arena);
}

static inline bool dump_has(const dump *d, const char *what)
{
    return msh_view_find(msh_buf_view(&d->log), msh_view_str(what), 0) != SIZE_MAX;
}

/* For golden tests: a test called with a folder leaves its documents there, NAME-01.SUFFIX … */
static const char *dump_folder;

static inline void dump_keep(const char *name, const char *suffix, msh_view bytes)
{
    static unsigned n;
    char path[512];
    if (!dump_folder)
        return;
    (void)snprintf(path, sizeof path, "%s/%s-%02u.%s", dump_folder, name, ++n, suffix);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes.data, 1, bytes.len, f) != bytes.len || fclose(f))
        printf("cannot write %s\n", path);
}

#endif
