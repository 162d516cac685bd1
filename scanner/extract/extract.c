/* extract.c: the way of one item through the formats (extraction.md section 3).
 *
 * Probes all, runs every positive one, then the fallbacks, then the raw sweep; turns errors into
 * outcomes; counts members and levels; knows the bytes it is inside of, so that a container that
 * holds itself ends. What nothing read gets an outcome: silence is never a result. */
#include "extract/extract.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/helper.h"

#include <stdio.h>

enum {
    SMALL = 1 << 20,    /* files up to here are read whole at once */
    MAX_FORMATS = 128,  /* rows of formats.def */
    NAME_SHOWN = 1024,  /* bytes of a member's name in its vpath; the name's text is whole */
    GUESS_LEAST = 64,   /* shorter decoded runs are text, never documents */
    GUESS_TEXT = 16,    /* and shorter ones hold no further runs */
    GUESS_SURE = 50,    /* and a format must be this sure of them */
    VOUCHES = 50,       /* less sure: something stands behind bytes of another kind */
    NOTHING_MOST = 64,  /* an empty archive is not longer */
    PRINT_BYTES = 4096, /* head and tail that go into the loop guard */
    FORMAT_TEXT_OR_CONTAINER = MSH_FORMAT_TEXT | MSH_FORMAT_CONTAINER
};

/* What may be a document by chance is read without outcomes for being none. */
typedef enum guess_kind { NO_GUESS, GUESS_ANY, GUESS_AS_TEXT } guess_kind;

struct msh_scope {
    struct msh_scope *up;
    const msh_doc *doc;
    uint64_t size, print;
    bool markup;
    guess_kind guess;
    uint64_t runs_until; /* see msh_extract_runs_read */
    bool detected;
    msh_readings readings; /* of the head */
};

/* What came of the formats of one document. */
typedef struct tally {
    bool read;    /* one of them read it */
    bool textual; /* one of them says it is text */
    bool failed;  /* one of them failed: an outcome was reported */
    bool whole;   /* one of them accounted for every byte */
    bool sweep;   /* the bytes themselves are to be looked at, too */
    int sure;     /* of the surest that read it */
} tally;

static msh_err read_document(msh_extract *x, msh_doc *doc, guess_kind guess);

bool msh_extract_is_markup(const msh_extract *x)
{
    return x->scope && x->scope->markup;
}

void msh_extract_runs_read(msh_extract *x, uint64_t from)
{
    if (x->scope)
        x->scope->runs_until = from;
}

uint64_t msh_extract_runs_until(const msh_extract *x)
{
    return x->scope ? x->scope->runs_until : UINT64_MAX;
}

msh_readings msh_extract_readings(msh_extract *x, const msh_doc *doc)
{
    struct msh_scope *s = x->scope && x->scope->doc == doc ? x->scope : NULL;
    if (s && s->detected)
        return s->readings;
    msh_readings r = msh_charset_detect(doc->head, doc->head.len == doc->in->size);
    if (s) {
        s->readings = r;
        s->detected = true;
    }
    return r;
}

/* --- errors to outcomes --------------------------------------------------------------------------
 */

static uint64_t reached(const msh_extract *x, msh_err e)
{
    switch (e) {
    case MSH_E_LIMIT_DECODED:
    case MSH_E_LIMIT_RATIO:
        return x->budget.decoded;
    case MSH_E_LIMIT_MEMBERS:
        return x->budget.members;
    case MSH_E_LIMIT_DEPTH:
        return x->budget.depth;
    case MSH_E_LIMIT_TIME:
        return x->limits->time_ms;
    case MSH_E_MEMORY:
    case MSH_E_LIMIT_MEMORY:
        return x->limits->memory;
    default:
        return 0;
    }
}

/* An error while a document was read: an outcome at its place. What spends the budget of the whole
 * item, or comes from a callback, goes on to the caller. */
static msh_err settle(msh_extract *x, const msh_place *place, msh_err e)
{
    if (e == MSH_OK || x->stopped != MSH_OK)
        return x->stopped;
    bool spent = x->budget.failed != MSH_OK;
    if (spent)
        e = x->budget.failed;
    if (!spent || !x->limit_said)
        MSH_TRY(msh_report(x, place, msh_reason_of_error(e), reached(x, e)));
    x->limit_said |= spent;
    return spent ? e : MSH_OK;
}

/* --- formats
 * --------------------------------------------------------------------------------------
 */

static bool same_family(const msh_format *a, const msh_format *b)
{
    return a->family && b->family && strcmp(a->family, b->family) == 0;
}

/* Scores of all formats but the fallbacks; within a family only the surest keeps its score. */
static void probe_all(const msh_doc *doc, int *score)
{
    size_t n;
    const msh_format *const *rows = msh_formats(&n);
    bool whole = false;
    for (size_t i = 0; i < n && i < MAX_FORMATS; i++) {
        score[i] = 0;
        if (rows[i]->probe && !(rows[i]->flags & MSH_FORMAT_FALLBACK))
            score[i] = rows[i]->probe(doc);
        for (size_t k = 0; score[i] > 0 && k < i; k++) {
            if (score[k] <= 0 || !same_family(rows[i], rows[k]))
                continue;
            if (score[k] >= score[i])
                score[i] = 0;
            else
                score[k] = 0;
        }
        whole |= score[i] > 0 && (rows[i]->flags & MSH_FORMAT_WHOLE);
    }
    for (size_t i = 0; whole && i < n && i < MAX_FORMATS; i++)
        if (score[i] < VOUCHES)
            score[i] = 0;
}

static msh_err run_format(msh_extract *x, const msh_doc *doc, const msh_format *f, int score,
                          tally *t)
{
    uint64_t before = x->handed;
    msh_err e = f->extract(x, doc);
    if (e == MSH_E_SYNTAX && x->stopped == MSH_OK)
        return MSH_OK;
    /* a container that holds nothing says nothing of the bytes around it */
    bool nothing = e == MSH_OK && x->handed == before && doc->in->size > NOTHING_MOST;
    if ((nothing || score < VOUCHES) && (f->flags & MSH_FORMAT_CONTAINER))
        return MSH_OK;
    t->textual |= (f->flags & MSH_FORMAT_TEXT) != 0;
    t->sweep |= (f->flags & FORMAT_TEXT_OR_CONTAINER) == 0;
    if (e != MSH_OK) {
        t->failed = true;
        t->sweep |= (f->flags & MSH_FORMAT_TEXT) == 0;
        return settle(x, &doc->place, e);
    }
    t->read |= (f->flags & MSH_FORMAT_TEXT) == 0 || (f->flags & MSH_FORMAT_FALLBACK) != 0;
    t->whole |= (f->flags & MSH_FORMAT_WHOLE) != 0;
    if (!x->scope->up && score > t->sure) {
        if (!(f->flags & MSH_FORMAT_NAMES))
            x->format = msh_view_str(f->name);
        t->sure = score;
    }
    if (f->flags & MSH_FORMAT_PARTIAL)
        return msh_report(x, &doc->place, MSH_REASON_FORMAT_UNSUPPORTED, 0);
    return MSH_OK;
}

static msh_err run_fallbacks(msh_extract *x, const msh_doc *doc, tally *t)
{
    size_t n;
    const msh_format *const *rows = msh_formats(&n);
    for (size_t i = 0; i < n; i++)
        if ((rows[i]->flags & MSH_FORMAT_FALLBACK) && rows[i]->probe && rows[i]->probe(doc) > 0)
            MSH_TRY(run_format(x, doc, rows[i], 1, t));
    return MSH_OK;
}

static msh_err run_all(msh_extract *x, const msh_doc *doc)
{
    size_t n;
    const msh_format *const *rows = msh_formats(&n);
    int score[MAX_FORMATS] = {0};
    tally t = {0};
    if (x->scope->guess != GUESS_AS_TEXT)
        probe_all(doc, score);
    for (size_t i = 0; i < n && i < MAX_FORMATS; i++)
        if (score[i] > 0 && (rows[i]->flags & MSH_FORMAT_MARKUP))
            x->scope->markup = true;
    for (size_t i = 0; i < n && i < MAX_FORMATS; i++)
        if (score[i] > 0)
            MSH_TRY(run_format(x, doc, rows[i], score[i], &t));
    if (t.textual || !t.read)
        MSH_TRY(run_fallbacks(x, doc, &t));
    if (x->scope->guess && !t.read)
        return MSH_OK;
    if (!t.read && !t.failed && !t.whole)
        MSH_TRY(msh_report(x, &doc->place, MSH_REASON_FORMAT_UNKNOWN, 0));
    if (!t.read || t.sweep)
        return settle(x, &doc->place, msh_sweep_input(x, doc, 0, doc->in->size));
    return MSH_OK;
}

/* --- documents
 * --------------------------------------------------------------------------------------
 */

static uint64_t mix(uint64_t h, msh_view v)
{
    for (size_t i = 0; i < v.len; i += 8) {
        uint64_t word = 0;
        size_t n = v.len - i < 8 ? v.len - i : 8;
        memcpy(&word, v.data + i, n);
        h = (h ^ word ^ h >> 32) * 0x9e3779b97f4a7c15ull;
    }
    return h;
}

/* A print of head and end, enough to see that a container holds itself. */
static msh_err print_of(msh_doc *doc, uint64_t *out)
{
    uint8_t tail[PRINT_BYTES];
    size_t got = 0;
    uint64_t h = mix(0xcbf29ce484222325ull, msh_view_cut(doc->head, 0, PRINT_BYTES));
    if (doc->in->size > PRINT_BYTES)
        MSH_TRY(msh_input_read(doc->in, doc->in->size - PRINT_BYTES, tail, PRINT_BYTES, &got));
    *out = mix(h, msh_view_of(tail, got));
    return MSH_OK;
}

static bool is_inside_itself(const msh_extract *x, const struct msh_scope *s)
{
    for (const struct msh_scope *up = x->scope; up; up = up->up)
        if (up->size == s->size && up->print == s->print)
            return true;
    return false;
}

/* The head of the input: whole when it is small. */
static msh_err read_head(msh_doc *doc, msh_buf *head)
{
    if (doc->in->size <= SMALL || doc->in->is_whole) {
        msh_view all;
        MSH_TRY(msh_input_whole(doc->in, SIZE_MAX - 1, &all));
        doc->head = msh_view_cut(all, 0, MSH_HEAD);
        return MSH_OK;
    }
    size_t got = 0;
    uint8_t *room = msh_buf_room(head, MSH_HEAD);
    if (!room)
        return MSH_E_MEMORY;
    MSH_TRY(msh_input_read(doc->in, 0, room, MSH_HEAD, &got));
    msh_buf_grew(head, got);
    doc->head = msh_buf_view(head);
    return MSH_OK;
}

static msh_err read_in_scope(msh_extract *x, msh_doc *doc, guess_kind guess)
{
    struct msh_scope s = {.up = x->scope, .doc = doc, .size = doc->in->size, .guess = guess};
    s.runs_until = UINT64_MAX;
    int zip_kind = -1;
    doc->zip_kind = &zip_kind;
    MSH_TRY(print_of(doc, &s.print));
    if (is_inside_itself(x, &s))
        return msh_report(x, &doc->place, MSH_REASON_LIMIT_DEPTH, x->budget.depth);
    x->scope = &s;
    msh_err err = run_all(x, doc);
    x->scope = s.up;
    doc->zip_kind = NULL;
    return err;
}

static msh_err read_document(msh_extract *x, msh_doc *doc, guess_kind guess)
{
    msh_buf head;
    msh_buf_init(&head, MSH_HEAD);
    msh_err err = read_head(doc, &head);
    if (err == MSH_OK && doc->in->size > 0)
        err = read_in_scope(x, doc, guess);
    msh_buf_dispose(&head);
    return settle(x, &doc->place, err);
}

static msh_view last_part(msh_view path)
{
    size_t at = path.len;
    while (at > 0 && path.data[at - 1] != '/' && path.data[at - 1] != '\\')
        at--;
    return msh_view_cut(path, at, path.len);
}

msh_err msh_extract_spent(msh_extract *x, const msh_place *place, msh_err e)
{
    return x->budget.failed != MSH_OK ? settle(x, place, e) : e;
}

msh_err msh_extract_item(msh_extract *x, msh_input *in, msh_view path)
{
    msh_doc doc = {.in = in, .name = last_part(path)};
    doc.place = (msh_place){.vpath = path, .role = MSH_ROLE_BODY, .offset = 0};
    x->format = MSH_VIEW("?");
    x->scope = NULL;
    x->stopped = MSH_OK;
    x->limit_said = false;
    msh_budget_begin(&x->budget, x->limits, in->size);
    if (in->size == 0)
        return msh_report(x, &doc.place, MSH_REASON_FILE_EMPTY, 0);
    if (in->size > x->limits->size)
        return msh_report(x, &doc.place, MSH_REASON_LIMIT_SIZE, in->size);
    (void)read_document(x, &doc, NO_GUESS);
    (void)settle(x, &doc.place, msh_ocr_rest(x));
    return x->stopped;
}

/* --- members
 * ----------------------------------------------------------------------------------------
 */

/* A name for people inside a vpath: UTF-8 where a reading gives it, '!' escaped, not endless. */
static void put_name(msh_buf *out, msh_view name)
{
    msh_buf utf8;
    msh_buf_init(&utf8, NAME_SHOWN * 4);
    msh_view shown = msh_view_cut(name, 0, NAME_SHOWN);
    if (!msh_view_is_utf8(name)) {
        msh_readings r = msh_charset_detect(shown, true);
        size_t used;
        uint64_t bad = 0;
        if (r.n > 0)
            msh_charset_decode(r.cs[0], shown, true, &utf8, &used, &bad);
        if (r.n > 0 && msh_buf_err(&utf8) == MSH_OK)
            shown = msh_buf_view(&utf8);
    } else if (shown.len < name.len) {
        shown.len = msh_emit_boundary(MSH_CS_UTF8, name, NAME_SHOWN);
    }
    for (size_t i = 0; i < shown.len; i++) {
        if (shown.data[i] == '!')
            msh_buf_put_byte(out, '\\');
        msh_buf_put_byte(out, shown.data[i]);
    }
    msh_buf_dispose(&utf8);
}

msh_place msh_child_place(msh_extract *x, const msh_doc *doc, msh_view name)
{
    msh_place place = {.vpath = doc->place.vpath, .role = MSH_ROLE_BODY, .offset = 0};
    msh_buf path;
    msh_buf_init(&path, doc->place.vpath.len + NAME_SHOWN * 8 + 2);
    msh_buf_put_view(&path, doc->place.vpath);
    msh_buf_put_byte(&path, '!');
    put_name(&path, name);
    msh_view copy = {0, 0};
    if (msh_buf_err(&path) == MSH_OK)
        copy = msh_arena_copy(x->arena, msh_buf_view(&path));
    if (copy.data)
        place.vpath = copy;
    msh_buf_dispose(&path);
    return place;
}

static msh_err emit_name(msh_extract *x, const msh_place *of, msh_view name)
{
    msh_place place = *of;
    place.role = MSH_ROLE_NAME;
    place.offset = MSH_NO_POSITION;
    return msh_emit_bytes(x, &place, name, MSH_CHARSET_COUNT, 0);
}

/* One level down, and up again. Too deep is an outcome of this member alone. */
static msh_err descend(msh_extract *x, msh_doc *child, guess_kind guess)
{
    msh_err err = msh_budget_enter(&x->budget);
    if (err != MSH_OK)
        return settle(x, &child->place, err);
    err = read_document(x, child, guess);
    msh_budget_leave(&x->budget);
    return err;
}

static msh_err read_member(msh_extract *x, const msh_doc *doc, const msh_part *part, msh_input *in)
{
    msh_doc child = {.in = in, .name = last_part(part->name)};
    child.declares = part->declares;
    child.declared = part->charset;
    child.place = msh_child_place(x, doc, part->name);
    child.place.page = doc->place.page;
    msh_err err = msh_budget_member(&x->budget);
    if (err != MSH_OK)
        return settle(x, &child.place, err);
    if (!part->unnamed)
        MSH_TRY(settle(x, &child.place, emit_name(x, &child.place, part->name)));
    return descend(x, &child, NO_GUESS);
}

msh_err msh_extract_child_input(msh_extract *x, const msh_doc *doc, msh_view name, msh_input *in)
{
    msh_part part = {.name = name};
    return read_member(x, doc, &part, in);
}

msh_err msh_extract_child(msh_extract *x, const msh_doc *doc, msh_view name, msh_view bytes)
{
    msh_input in;
    msh_input_memory(&in, bytes);
    msh_err err = msh_extract_child_input(x, doc, name, &in);
    msh_input_dispose(&in);
    return err;
}

msh_err msh_extract_part(msh_extract *x, const msh_doc *doc, const msh_part *part, msh_view bytes)
{
    msh_input in;
    msh_input_memory(&in, bytes);
    msh_err err = read_member(x, doc, part, &in);
    msh_input_dispose(&in);
    return err;
}

/* Whether bytes from `from` on are all NUL; *first says where the first other one stands. */
static msh_err find_content(msh_input *in, uint64_t from, uint64_t *first)
{
    uint8_t block[4096];
    for (*first = from; *first < in->size;) {
        size_t got = 0;
        MSH_TRY(msh_input_read(in, *first, block, sizeof block, &got));
        if (got == 0)
            break;
        for (size_t i = 0; i < got; i++, (*first)++)
            if (block[i])
                return MSH_OK;
    }
    *first = in->size;
    return MSH_OK;
}

msh_err msh_extract_tail(msh_extract *x, const msh_doc *doc, uint64_t from)
{
    char name[40];
    uint64_t first;
    MSH_TRY(find_content(doc->in, from, &first));
    if (first >= doc->in->size)
        return MSH_OK;
    (void)snprintf(name, sizeof name, "+tail@%llu", (unsigned long long)from);
    uint64_t size = doc->in->size - from;
    if (size > x->limits->member_size) {
        msh_place place = msh_child_place(x, doc, msh_view_str(name));
        MSH_TRY(msh_report(x, &place, MSH_REASON_LIMIT_MEMBER_SIZE, size));
        return msh_sweep_input(x, doc, from, doc->in->size);
    }
    msh_buf tail;
    size_t got = 0;
    msh_buf_init(&tail, (size_t)size);
    uint8_t *room = msh_buf_room(&tail, (size_t)size);
    msh_err err = room ? msh_input_read(doc->in, from, room, (size_t)size, &got) : MSH_E_MEMORY;
    if (err == MSH_OK)
        err = msh_extract_child(x, doc, msh_view_str(name), msh_view_of(room, got));
    msh_buf_dispose(&tail);
    return err;
}

int msh_extract_surest(msh_view bytes)
{
    size_t n;
    const msh_format *const *rows = msh_formats(&n);
    msh_input in;
    msh_input_memory(&in, bytes);
    msh_doc doc = {.in = &in, .head = msh_view_cut(bytes, 0, MSH_HEAD)};
    int best = 0;
    for (size_t i = 0; bytes.len >= GUESS_LEAST && i < n; i++) {
        if (!rows[i]->probe || (rows[i]->flags & MSH_FORMAT_FALLBACK))
            continue;
        int s = rows[i]->probe(&doc);
        best = s > best ? s : best;
    }
    return best;
}

bool msh_extract_knows(msh_view bytes)
{
    return msh_extract_surest(bytes) >= GUESS_SURE;
}

msh_err msh_extract_guess(msh_extract *x, const msh_doc *doc, const char *label,
                          const msh_place *at, msh_view bytes)
{
    char name[64];
    msh_input in;
    msh_input_memory(&in, bytes);
    msh_doc child = {.in = &in};
    MSH_TRY(msh_budget_decoded(&x->budget, bytes.len));
    if (bytes.len < GUESS_TEXT)
        return msh_emit_bytes(x, at, bytes, MSH_CHARSET_COUNT, MSH_TEXT_GUESS);
    bool document = msh_extract_knows(bytes);
    (void)snprintf(name, sizeof name, "%.20s@%llu", label, (unsigned long long)at->offset);
    child.place = msh_child_place(x, doc, msh_view_str(name));
    return descend(x, &child, document ? GUESS_ANY : GUESS_AS_TEXT);
}
