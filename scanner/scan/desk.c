/* desk.c: bytes in memory, scanned in the locked room; touches no state and no log. */
#define _GNU_SOURCE
#include <mishen/buffer.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/view.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "scan/item.h"
#include "scan/open.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

struct msh_desk {
    msh_rule_set *rules;
    msh_room *room;
    msh_hmac *key; /* of this desk alone: nothing on disk knows it */
    uint64_t size; /* the greatest buffer */
    uint64_t n;
    msh_entry *entry; /* of the last call: what its caller was shown lives there */
};

static msh_err make_key(msh_desk *d)
{
    uint8_t key[MSH_TOKEN_KEY];
    MSH_TRY(msh_random_fill(key, sizeof key));
    msh_err err = msh_hmac_new(msh_view_of(key, sizeof key), &d->key);
    msh_wipe(key, sizeof key);
    return err;
}

static msh_err open_desk(msh_desk *d, const msh_options *options, msh_error *why)
{
    MSH_TRY(msh_rule_set_load(options, &d->rules, why));
    msh_rule_set_use(d->rules, options->medium);
    MSH_TRY(msh_open_room(options, msh_rule_set_compiled(d->rules), false, &d->room, why));
    msh_err err = make_key(d);
    return err == MSH_OK ? MSH_OK : msh_fail(why, err, "token key");
}

msh_err msh_desk_open(const msh_options *options, msh_desk **out, msh_error *why)
{
    *out = NULL;
    if (options->version != MSH_OPTIONS_VERSION)
        return msh_fail(why, MSH_E_OPTION, "options: version %u, not %d", options->version,
                        (int)MSH_OPTIONS_VERSION);
    msh_desk *d = msh_calloc(1, sizeof *d);
    if (!d)
        return msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
    d->size = options->limits.size;
    msh_err err = open_desk(d, options, why);
    if (err != MSH_OK) {
        msh_desk_close(d);
        return err;
    }
    *out = d;
    return MSH_OK;
}

void msh_desk_close(msh_desk *d)
{
    if (!d)
        return;
    msh_entry_free(d->entry);
    if (d->room)
        msh_room_close(d->room);
    msh_rule_set_free(d->rules);
    msh_hmac_free(d->key);
    msh_free(d);
}

/* The bytes as a file in memory, which nobody can change any more. */
static msh_err as_file(msh_view bytes, int *fd, msh_error *why)
{
    *fd = memfd_create("mishen-buffer", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (*fd < 0)
        return msh_fail_errno(why, MSH_E_MEMORY, "buffer");
    msh_err err = msh_file_write_all(*fd, bytes, why);
    if (err == MSH_OK &&
        fcntl(*fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
        err = msh_fail_errno(why, MSH_E_MEMORY, "buffer");
    if (err != MSH_OK)
        close(*fd);
    return err;
}

static msh_err on_outcome(void *ctx, uint64_t tag, msh_reason reason, const msh_place *place,
                          uint64_t reached)
{
    (void)tag;
    msh_entry_outcome(((msh_desk *)ctx)->entry, reason, place, reached);
    return MSH_OK;
}

static msh_err on_hit(void *ctx, uint64_t tag, const msh_hit *hit)
{
    msh_desk *d = ctx;
    (void)tag;
    msh_entry_hit(d->entry, msh_rule_set_compiled(d->rules), d->key, hit);
    return MSH_OK;
}

static msh_err on_done(void *ctx, const msh_room_done *done)
{
    msh_entry_done(((msh_desk *)ctx)->entry, done);
    return MSH_OK;
}

static msh_err read_entry(msh_desk *d, int fd, msh_error *why)
{
    const msh_room_events events = {
        .ctx = d, .outcome = on_outcome, .hit = on_hit, .done = on_done};
    const msh_job job = {
        .tag = d->n, .fd = fd, .size = d->entry->size, .path = d->entry->item.path};
    size_t left = 1;
    MSH_TRY(msh_room_give(d->room, &job, why));
    while (left > 0 && !d->entry->done)
        MSH_TRY(msh_room_take(d->room, &events, -1, &left, why));
    return d->entry->done ? MSH_OK : msh_fail(why, MSH_E_CHILD, "room");
}

static msh_err scan_bytes(msh_desk *d, const char *name, msh_view bytes, msh_error *why)
{
    bool fits = bytes.len <= d->size;
    int fd = -1;
    if (fits)
        MSH_TRY(as_file(bytes, &fd, why));
    msh_source_item found = {.path = msh_view_str(name), .rel = msh_view_str(name), .fd = -1};
    found.size = bytes.len;
    d->entry = msh_entry_new(d->n, &found);
    if (!d->entry) {
        if (fd >= 0)
            close(fd);
        return msh_fail(why, MSH_E_MEMORY, "buffer");
    }
    const msh_place place = {.vpath = d->entry->item.path, .offset = MSH_NO_POSITION};
    if (!fits)
        msh_entry_outcome(d->entry, MSH_REASON_LIMIT_SIZE, &place, 0);
    return read_entry(d, fd, why);
}

static void tell(const msh_entry *e, const msh_desk_events *events)
{
    for (size_t i = 0; events->outcome && i < e->n_outcomes; i++)
        events->outcome(events->ctx, &e->outcomes[i]);
    for (size_t i = 0; events->finding && i < e->n_findings; i++)
        events->finding(events->ctx, &e->findings[i]);
}

msh_err msh_desk_scan(msh_desk *d, const char *name, msh_view bytes, const msh_desk_events *events,
                      msh_item *out, msh_error *why)
{
    msh_entry_free(d->entry);
    d->entry = NULL;
    MSH_TRY(scan_bytes(d, name, bytes, why));
    msh_entry_finish(d->entry, d->n++);
    if (events)
        tell(d->entry, events);
    if (out)
        *out = d->entry->item;
    return MSH_OK;
}
