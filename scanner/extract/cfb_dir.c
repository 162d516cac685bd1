/* cfb_dir.c: the directory of a compound file ([MS-CFB] 2.6). It is read slot by slot; the tree in
 * it only says who belongs to whom. */
#include "base/err.h"
#include "base/view.h"
#include "extract/cfb_inner.h"
#include "text/charset.h"

enum { SLOT = 128, NAME_BYTES = 64, MOST_SECTOR = 1 << 16 };

/* Links of a slot, by slot number; slots and entries have the same numbers. */
typedef struct links {
    uint32_t left, right, child;
    bool reached;
} links;

static uint32_t u32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* --- slots ---------------------------------------------------------------------------------------
 */

/* Up to the first NUL: the length that stands beside lies in damaged files. */
static msh_err read_name(msh_cfb *c, const uint8_t *slot, msh_cfb_entry *e)
{
    uint8_t room[NAME_BYTES * 2];
    size_t len = 0, used = 0;
    uint64_t bad = 0;
    while (len + 2 <= NAME_BYTES && (slot[len] || slot[len + 1]))
        len += 2;
    msh_buf utf8;
    msh_buf_init(&utf8, sizeof room);
    msh_charset_decode(MSH_CS_UTF16LE, msh_view_of(slot, len), true, &utf8, &used, &bad);
    e->name = msh_arena_copy(&c->arena, msh_buf_view(&utf8));
    msh_buf_dispose(&utf8);
    return e->name.data ? MSH_OK : MSH_E_MEMORY;
}

static msh_err read_slot(msh_cfb *c, const uint8_t *slot, size_t i, links *l)
{
    msh_cfb_entry *e = &c->entries[i];
    *e = (msh_cfb_entry){.parent = -1, .child = -1, .next = -1};
    switch (slot[66]) {
    case MSH_CFB_STORAGE:
    case MSH_CFB_STREAM:
    case MSH_CFB_ROOT:
        e->kind = (msh_cfb_kind)slot[66];
        break;
    default:
        e->kind = MSH_CFB_FREE;
        c->damaged |= slot[66] != 0;
    }
    if (i > 0 && e->kind == MSH_CFB_ROOT) {
        e->kind = MSH_CFB_STORAGE;
        c->damaged = true;
    }
    l[i] = (links){u32(slot + 68), u32(slot + 72), u32(slot + 76), false};
    e->start = u32(slot + 116);
    e->size = u32(slot + 120);
    if (c->shift > 9) /* in version 3 the upper half may be anything */
        e->size |= (uint64_t)u32(slot + 124) << 32;
    memcpy(e->clsid, slot + 80, 16);
    return read_name(c, slot, e);
}

/* --- who belongs to whom -------------------------------------------------------------------------
 */

typedef struct family {
    msh_cfb *c;
    links *l;
    uint32_t *stack, *parents; /* to visit; as many as there are slots, each slot once */
    size_t depth;
} family;

static void push(family *f, uint32_t slot, uint32_t parent)
{
    if (slot >= f->c->n) {
        f->c->damaged |= slot != MSH_CFB_NONE;
        return;
    }
    if (f->l[slot].reached || slot == 0 || f->c->entries[slot].kind == MSH_CFB_FREE) {
        f->c->damaged = true;
        return;
    }
    f->l[slot].reached = true;
    f->stack[f->depth] = slot;
    f->parents[f->depth++] = parent;
}

static void walk(family *f, bool orphans)
{
    while (f->depth) {
        f->depth--;
        uint32_t slot = f->stack[f->depth], parent = f->parents[f->depth];
        f->c->entries[slot].parent = (int)parent;
        f->c->entries[slot].orphan = orphans && parent == 0;
        push(f, f->l[slot].left, parent);
        push(f, f->l[slot].right, parent);
        if (f->c->entries[slot].kind != MSH_CFB_STREAM)
            push(f, f->l[slot].child, slot);
    }
}

/* Slots that the tree does not reach: first those that nothing points at, with what is below them;
 * then what only points at itself. */
static void find_orphans(family *f)
{
    msh_cfb *c = f->c;
    uint8_t *pointed = msh_arena_calloc(&c->arena, c->n, 1);
    for (size_t i = 1; pointed && i < c->n; i++) {
        const uint32_t to[3] = {f->l[i].left, f->l[i].right, f->l[i].child};
        for (int k = 0; k < 3; k++)
            if (to[k] < c->n && to[k] != i && !f->l[i].reached &&
                c->entries[i].kind != MSH_CFB_FREE)
                pointed[to[k]] = 1;
    }
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 1; i < c->n; i++) {
            if (f->l[i].reached || c->entries[i].kind == MSH_CFB_FREE)
                continue;
            if (pass == 0 && pointed && pointed[i])
                continue;
            c->damaged = true;
            push(f, (uint32_t)i, 0);
            walk(f, true);
        }
}

/* Lists of children, in the order of the slots. */
static void list_children(msh_cfb *c)
{
    for (size_t i = c->n; i-- > 1;) {
        msh_cfb_entry *e = &c->entries[i];
        if (e->parent < 0)
            continue;
        e->next = c->entries[e->parent].child;
        c->entries[e->parent].child = (int)i;
    }
}

static msh_err find_family(msh_cfb *c, links *l)
{
    family f = {.c = c, .l = l};
    f.stack = msh_arena_calloc(&c->arena, c->n, sizeof *f.stack);
    f.parents = msh_arena_calloc(&c->arena, c->n, sizeof *f.parents);
    if (!f.stack || !f.parents)
        return MSH_E_MEMORY;
    if (l[0].child != MSH_CFB_NONE)
        push(&f, l[0].child, 0);
    walk(&f, false);
    find_orphans(&f);
    list_children(c);
    return MSH_OK;
}

/* --- the directory -------------------------------------------------------------------------------
 */

static msh_err read_slots(msh_cfb *c, const uint32_t *sectors, size_t count, links *l)
{
    uint8_t bytes[MOST_SECTOR];
    size_t per = ((size_t)1 << c->shift) / SLOT;
    for (size_t i = 0; i < count; i++) {
        size_t got = 0;
        if (i % per == 0) {
            uint64_t at = ((uint64_t)sectors[i / per] + 1) << c->shift;
            memset(bytes, 0, (size_t)1 << c->shift);
            MSH_TRY(msh_input_read(c->in, at, bytes, (size_t)1 << c->shift, &got));
            c->damaged |= got < (size_t)1 << c->shift;
            MSH_TRY(msh_budget_decoded(c->budget, got));
        }
        MSH_TRY(read_slot(c, bytes + (i % per) * SLOT, i, l));
    }
    return MSH_OK;
}

msh_err msh_cfb_read_directory(msh_cfb *c, const uint32_t *sectors, uint32_t n)
{
    uint64_t count = (uint64_t)n * (((uint64_t)1 << c->shift) / SLOT);
    uint64_t most = c->budget->limits->members < 1u << 30 ? c->budget->limits->members : 1u << 30;
    if (count == 0)
        return MSH_E_CORRUPT;
    if (count > most + 1) {
        c->cut = true;
        count = most + 1;
    }
    c->n = (size_t)count;
    c->entries = msh_arena_calloc(&c->arena, c->n, sizeof *c->entries);
    links *l = msh_arena_calloc(&c->arena, c->n, sizeof *l);
    if (!c->entries || !l)
        return MSH_E_MEMORY;
    MSH_TRY(read_slots(c, sectors, c->n, l));
    c->damaged |= c->entries[0].kind != MSH_CFB_ROOT;
    c->entries[0].kind = MSH_CFB_ROOT;
    return find_family(c, l);
}

/* --- finding -------------------------------------------------------------------------------------
 */

static int find(const msh_cfb *c, int storage, const char *name, bool stream)
{
    int orphan = -1;
    if (storage < 0 || (size_t)storage >= c->n)
        return -1;
    for (int i = c->entries[storage].child; i >= 0; i = c->entries[i].next) {
        const msh_cfb_entry *e = &c->entries[i];
        if ((stream && e->kind != MSH_CFB_STREAM) ||
            !msh_view_eq_nocase(e->name, msh_view_str(name)))
            continue;
        if (!e->orphan)
            return i;
        if (orphan < 0)
            orphan = i;
    }
    return orphan;
}

int msh_cfb_find(const msh_cfb *c, int storage, const char *name)
{
    return find(c, storage, name, false);
}

int msh_cfb_find_stream(const msh_cfb *c, int storage, const char *name)
{
    return find(c, storage, name, true);
}

void msh_cfb_used(msh_cfb *c, int entry)
{
    if (entry < 0 || (size_t)entry >= c->n)
        return;
    c->entries[entry].used = true;
    /* the next entry of the tree below it, without a stack */
    for (int i = c->entries[entry].child; i >= 0;) {
        c->entries[i].used = true;
        if (c->entries[i].child >= 0) {
            i = c->entries[i].child;
            continue;
        }
        while (i != entry && c->entries[i].next < 0)
            i = c->entries[i].parent;
        if (i == entry)
            break;
        i = c->entries[i].next;
    }
}
