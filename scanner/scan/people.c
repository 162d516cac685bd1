/* people.c: see people.h. A table with open addressing; when memory is short or the table is full,
 * what is not known yet is not counted, and the report says "at least". */
#include "scan/people.h"

#include "base/mem.h"

#include <string.h>

enum { FIRST_SLOTS = 256, MOST_SLOTS = 1 << 21 };

struct msh_person {
    uint8_t token[16];
    uint32_t items; /* 0 = free */
    uint32_t last;  /* item that named the person last */
};

static bool read_token(const char hex[33], uint8_t out[16])
{
    for (size_t i = 0; i < 32; i++) {
        char c = hex[i];
        int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (v < 0)
            return false;
        out[i / 2] = (uint8_t)(i % 2 ? out[i / 2] | v : v << 4);
    }
    return true;
}

/* The slot of a token, or the free one where it belongs. The token is a MAC: its bytes are spread
 * as they are. */
static msh_person *slot_of(msh_person *slots, size_t cap, const uint8_t token[16])
{
    size_t at;
    memcpy(&at, token, sizeof at);
    for (;; at++) {
        msh_person *s = &slots[at & (cap - 1)];
        if (s->items == 0 || memcmp(s->token, token, 16) == 0)
            return s;
    }
}

static bool make_room(msh_people *p)
{
    if (p->cap && p->n < p->cap / 4 * 3)
        return true;
    if (p->cap >= MOST_SLOTS)
        return false;
    size_t cap = p->cap ? p->cap * 2 : FIRST_SLOTS;
    msh_person *slots = msh_calloc(cap, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < p->cap; i++)
        if (p->slots[i].items)
            *slot_of(slots, cap, p->slots[i].token) = p->slots[i];
    msh_free(p->slots);
    p->slots = slots;
    p->cap = cap;
    return true;
}

static void note(msh_people *p, const uint8_t token[16], uint32_t item)
{
    bool room = make_room(p);
    if (p->cap == 0) {
        p->full = true;
        return;
    }
    msh_person *s = slot_of(p->slots, p->cap, token);
    if (s->items == 0) {
        if (!room) {
            p->full = true;
            return;
        }
        memcpy(s->token, token, 16);
        p->n++;
    } else if (s->last == item) {
        return;
    }
    s->last = item;
    s->items++;
    p->repeated += s->items == 2;
    if (s->items > p->most)
        p->most = s->items;
}

void msh_people_note(msh_people *p, const msh_entry *e)
{
    uint8_t token[16];
    for (size_t i = 0; i < e->n_findings; i++)
        if (e->findings[i].person && read_token(e->findings[i].tok, token))
            note(p, token, (uint32_t)e->item.n);
}

void msh_people_dispose(msh_people *p)
{
    msh_free(p->slots);
    *p = (msh_people){.cap = 0};
}
