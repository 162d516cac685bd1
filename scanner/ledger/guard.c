/* guard.c: reading guardians and what they signed. */
#include "ledger/guard.h"

#include "base/err.h"
#include "base/view.h"
#include "ledger/canon.h"

static const char head[] = "mishen-recover/v1\n";

static msh_err read_person(msh_guard *g, const msh_json *p)
{
    const msh_view name = msh_json_text(msh_json_get(p, "name"));
    for (size_t i = 0; i < g->n; i++)
        if (msh_view_eq_str(name, g->keys[i][0].name))
            return MSH_E_EVIDENCE;
    msh_note_key *keys = g->keys[g->n++];
    for (size_t i = 0; i < MSH_PROFILES; i++) {
        msh_err err =
            msh_note_key_read(&keys[i], msh_json_text(msh_json_get(p, msh_profile_at(i)->vkey)));
        if (err == MSH_E_MEMORY || err == MSH_E_CRYPTO)
            return err;
        if (err != MSH_OK || keys[i].witness || !msh_view_eq_str(name, keys[i].name) ||
            msh_key_alg_of(keys[i].key) != msh_profile_at(i)->alg)
            return MSH_E_EVIDENCE;
    }
    return MSH_OK;
}

msh_err msh_guard_read(msh_guard *g, const msh_json *body)
{
    const msh_json *people = msh_json_get(body, "people");
    int64_t need = msh_json_int(msh_json_get(body, "need"), 0);
    *g = (msh_guard){.n = 0};
    msh_err err = people && people->type == MSH_JSON_ARRAY ? MSH_OK : MSH_E_EVIDENCE;
    for (const msh_json *p = people ? people->child : NULL; p && err == MSH_OK; p = p->next)
        err = g->n < MSH_GUARDS ? read_person(g, p) : MSH_E_EVIDENCE;
    if (err == MSH_OK && (need < MSH_GUARD_NEED || need > (int64_t)g->n))
        err = MSH_E_EVIDENCE;
    if (err == MSH_OK)
        g->need = (unsigned)need;
    else
        msh_guard_dispose(g);
    return err;
}

void msh_guard_dispose(msh_guard *g)
{
    for (size_t i = 0; i < MSH_GUARDS; i++)
        for (size_t p = 0; p < MSH_PROFILES; p++)
            msh_note_key_dispose(&g->keys[i][p]);
    *g = (msh_guard){.n = 0};
}

msh_err msh_guard_text(msh_arena *a, msh_view json, msh_buf *out, msh_error *why)
{
    msh_json *j;
    MSH_TRY(msh_json_read(a, json, MSH_JSON_LOG, &j, why));
    msh_buf_put_str(out, head);
    msh_json_canonical(out, j);
    msh_buf_put_byte(out, '\n');
    return msh_buf_err(out);
}

msh_err msh_guard_note(msh_arena *a, msh_view text, msh_note *note, const msh_json **said)
{
    msh_json *j;
    const size_t from = sizeof head - 1;
    msh_view copy = msh_arena_copy(a, text);
    if (!copy.data)
        return MSH_E_MEMORY;
    if (msh_note_read(copy, note) != MSH_OK || !msh_view_starts(note->text, msh_view_str(head)))
        return MSH_E_EVIDENCE;
    msh_view body = msh_view_cut(note->text, from, note->text.len - from - 1);
    if (!msh_canon_is(body) || msh_json_read(a, body, MSH_JSON_LOG, &j, NULL) != MSH_OK)
        return MSH_E_EVIDENCE;
    *said = j;
    return MSH_OK;
}

unsigned msh_guard_signed(const msh_guard *g, const msh_note *note)
{
    unsigned n = 0;
    for (size_t i = 0; i < g->n; i++)
        n += msh_note_verify(note, &g->keys[i][0]) == MSH_OK &&
             msh_note_verify(note, &g->keys[i][1]) == MSH_OK;
    return n;
}
