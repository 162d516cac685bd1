/* item.c: gathering what is said of an item. A worker's words were checked by the room; here they
 * are copied, keyed (fp, tok) and masked, so that nothing secret leaves this file but the masked
 * excerpt. */
#define _GNU_SOURCE
#include "scan/item.h"

#include "base/base64.h"
#include "base/mem.h"
#include "base/view.h"
#include "crypto/digest.h"
#include "scan/verdict.h"

#include <sys/stat.h>
#include <unistd.h>

enum { ENTRY_CEILING = 256 << 20, LISTED_OUTCOMES = 1000 };

/* A path as vpaths write it: '!' parts members and is escaped in names. */
static msh_view escaped(msh_arena *a, msh_view path)
{
    size_t marks = 0;
    for (size_t i = 0; i < path.len; i++)
        marks += path.data[i] == '!';
    if (marks == 0)
        return path;
    uint8_t *p = msh_arena_alloc(a, path.len + marks);
    if (!p)
        return (msh_view){NULL, 0};
    size_t n = 0;
    for (size_t i = 0; i < path.len; i++) {
        if (path.data[i] == '!')
            p[n++] = '\\';
        p[n++] = path.data[i];
    }
    return (msh_view){p, n};
}

msh_entry *msh_entry_new(uint64_t tag, const msh_source_item *found)
{
    msh_entry *e = msh_calloc(1, sizeof *e);
    if (!e)
        return NULL;
    msh_arena_init(&e->arena, ENTRY_CEILING);
    e->tag = tag;
    e->size = found->size;
    e->mtime_ns = found->mtime_ns;
    e->ctime_ns = found->ctime_ns;
    e->dev = found->dev;
    e->ino = found->ino;
    e->fd = found->fd >= 0 ? dup(found->fd) : -1;
    e->whole = true;
    e->item.path = msh_arena_copy(&e->arena, found->path);
    e->rel = msh_arena_copy(&e->arena, found->rel);
    e->link = msh_arena_copy(&e->arena, found->link);
    e->xattrs = msh_arena_copy(&e->arena, found->xattrs);
    e->vpath = escaped(&e->arena, e->item.path);
    e->item.size = found->size;
    e->item.mtime_ns = found->mtime_ns;
    if (!e->item.path.data || !e->vpath.data || !e->rel.data || !e->link.data || !e->xattrs.data ||
        (found->fd >= 0 && e->fd < 0)) {
        msh_entry_free(e);
        return NULL;
    }
    return e;
}

void msh_entry_free(msh_entry *e)
{
    if (!e)
        return;
    if (e->fd >= 0)
        close(e->fd);
    msh_arena_dispose(&e->arena);
    msh_free(e);
}

void msh_entry_restart(msh_entry *e)
{
    e->n_findings = 0;
    e->n_outcomes = 0;
    e->more_outcomes = 0;
    e->name_hits = NULL;
    e->worst = (msh_tier)0;
    e->whole = true;
    e->done = false;
    e->item.findings = 0;
    memset(e->item.tier_counts, 0, sizeof e->item.tier_counts);
}

/* --- copying ------------------------------------------------------------------------------------
 */

static bool copy_place(msh_arena *a, msh_place *out, const msh_place *in)
{
    *out = *in;
    out->vpath = msh_arena_copy(a, in->vpath);
    out->name = msh_arena_copy(a, in->name);
    out->sheet = msh_arena_copy(a, in->sheet);
    return out->vpath.data && out->name.data && out->sheet.data;
}

/* Room for one more element; the old array stays in the arena, which is freed with the item. */
static void *grow(msh_arena *a, void *old, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return old;
    size_t more = *cap ? *cap * 2 : 4;
    void *p = msh_arena_calloc(a, more, size);
    if (!p)
        return NULL;
    if (n)
        memcpy(p, old, n * size);
    *cap = more;
    return p;
}

static void memory_is_short(msh_entry *e)
{
    e->memory_short = true;
    e->whole = false;
}

void msh_entry_outcome(msh_entry *e, msh_reason reason, const msh_place *place, uint64_t reached)
{
    msh_outcome outcome = msh_reason_outcome(reason);
    if (!msh_outcome_is_whole(outcome))
        e->whole = false;
    if (e->n_outcomes >= LISTED_OUTCOMES) {
        e->more_outcomes++;
        return;
    }
    msh_outcome_note *all =
        grow(&e->arena, e->outcomes, e->n_outcomes, &e->cap_outcomes, sizeof *all);
    if (!all) {
        memory_is_short(e);
        return;
    }
    e->outcomes = all;
    msh_outcome_note *note = &all[e->n_outcomes];
    *note = (msh_outcome_note){.outcome = outcome, .reached = reached};
    note->reason = msh_view_str(msh_reason_name(reason));
    if (!copy_place(&e->arena, &note->place, place)) {
        memory_is_short(e);
        return;
    }
    e->n_outcomes++;
}

static bool token(msh_hmac *key, msh_view bytes, char out[33])
{
    uint8_t mac[32];
    if (msh_hmac_of(key, bytes, mac) != MSH_OK)
        return false;
    msh_hex(out, msh_view_of(mac, 16));
    return true;
}

/* fp names a finding without its line: rule, normalised match, logical path. */
static bool fingerprint(msh_entry *e, msh_hmac *key, msh_view rule, msh_view normal, msh_finding *f)
{
    static const uint8_t nul[1] = {0};
    msh_buf b;
    msh_buf_init(&b, 1 << 20);
    msh_buf_put_view(&b, rule);
    msh_buf_put(&b, nul, 1);
    msh_buf_put_view(&b, normal);
    msh_buf_put(&b, nul, 1);
    msh_buf_put_view(&b, e->rel);
    bool ok = msh_buf_err(&b) == MSH_OK && token(key, msh_buf_view(&b), f->fp) &&
              /* what is only a hint has no record, so nothing would name it by its token */
              (f->tier < MSH_TIER_REVIEW || token(key, normal, f->tok));
    if (b.data)
        msh_wipe(b.data, b.len);
    msh_buf_dispose(&b);
    return ok;
}

/* The target of a link is a name, too, but not the one that is shown: its place has a name. */
static bool keep_name_hit(msh_entry *e, const msh_hit *hit, const msh_rules *rules)
{
    msh_rule_info info;
    msh_rules_info(rules, hit->rule, &info);
    if (msh_view_eq_str(info.category, "网站安全")) /* .env: the name itself is no secret */
        return true;
    bool target = hit->place.name.len > 0 && msh_view_eq(hit->place.vpath, e->vpath);
    if (hit->place.role != MSH_ROLE_NAME || hit->tier < MSH_TIER_REVIEW || target)
        return true;
    msh_name_hit *n = msh_arena_calloc(&e->arena, 1, sizeof *n);
    if (!n)
        return false;
    n->vpath = msh_arena_copy(&e->arena, hit->place.vpath);
    n->offset = hit->place.offset;
    n->length = hit->length;
    n->next = e->name_hits;
    e->name_hits = n;
    return n->vpath.data != NULL;
}

/* One number of one person, not a list, and not a contact that may be published. */
static bool names_a_person(const msh_rule_info *rule, msh_tier tier)
{
    return tier >= MSH_TIER_REVIEW &&
           (msh_view_eq_str(rule->kind, "idcard") || msh_view_eq_str(rule->kind, "mobile") ||
            msh_view_eq_str(rule->kind, "bankcard"));
}

static bool fill_finding(msh_entry *e, const msh_rules *rules, msh_hmac *key, const msh_hit *hit,
                         msh_finding *f)
{
    msh_rule_info info;
    msh_rules_info(rules, hit->rule, &info);
    *f = (msh_finding){.rule = info.id,
                       .rule_name = info.name,
                       .rule_name_en = info.name_en,
                       .category = info.category,
                       .explain = info.explain,
                       .advice = info.advice,
                       .basis = info.basis,
                       .explain_en = info.explain_en,
                       .advice_en = info.advice_en,
                       .basis_en = info.basis_en,
                       .pack = info.pack,
                       .pack_version = info.pack_version,
                       .tier = hit->tier,
                       .person = names_a_person(&info, hit->tier),
                       .count = hit->count,
                       .length = hit->length,
                       .n_more = hit->n_more};
    f->excerpt = msh_arena_copy(&e->arena, hit->excerpt);
    if (!f->excerpt.data || !copy_place(&e->arena, &f->place, &hit->place))
        return false;
    msh_place *more = msh_arena_calloc(&e->arena, hit->n_more, sizeof *more);
    if (!more)
        return false;
    for (uint32_t i = 0; i < hit->n_more; i++)
        if (!copy_place(&e->arena, &more[i], &hit->more[i]))
            return false;
    f->more = more;
    return fingerprint(e, key, info.id, hit->normal, f);
}

void msh_entry_hit(msh_entry *e, const msh_rules *rules, msh_hmac *key, const msh_hit *hit)
{
    if (hit->tier > e->worst)
        e->worst = hit->tier;
    if ((unsigned)hit->tier < 4)
        e->item.tier_counts[hit->tier]++;
    msh_finding *all = grow(&e->arena, e->findings, e->n_findings, &e->cap_findings, sizeof *all);
    if (!all) {
        memory_is_short(e);
        return;
    }
    e->findings = all;
    if (!keep_name_hit(e, hit, rules) || !fill_finding(e, rules, key, hit, &all[e->n_findings])) {
        memory_is_short(e);
        return;
    }
    e->n_findings++;
}

/* Not of a pack: its words stand here. The name is the scanner's, no text of the document. */
enum { VIRUS_NAME, VIRUS_CATEGORY, VIRUS_EXPLAIN, VIRUS_ADVICE, VIRUS_BASIS };
static const struct {
    const char *zh, *en;
} virus_words[] = {
    {"病毒、木马", "Virus"},
    {"恶意代码", "Malware"},
    {"病毒检查程序 clamd 认出了恶意代码。", "The virus scanner clamd knows this as malware."},
    {"不要打开、转发，断开介质，交本单位网络安全人员处理。",
     "Do not open or forward it; disconnect the medium and hand it to those in charge of "
     "security."},
    {"《中华人民共和国网络安全法》第二十一条", "Cybersecurity Law, article 21"},
};

static bool fill_virus(msh_entry *e, msh_hmac *key, msh_view name, msh_finding *f)
{
    const msh_place place = {.vpath = e->vpath, .offset = MSH_NO_POSITION};
    msh_view shown = msh_view_cut(name, 0, 60);
    *f = (msh_finding){.rule = MSH_VIEW("virus.found"),
                       .rule_name = msh_view_str(virus_words[VIRUS_NAME].zh),
                       .rule_name_en = msh_view_str(virus_words[VIRUS_NAME].en),
                       .category = msh_view_str(virus_words[VIRUS_CATEGORY].zh),
                       .explain = msh_view_str(virus_words[VIRUS_EXPLAIN].zh),
                       .explain_en = msh_view_str(virus_words[VIRUS_EXPLAIN].en),
                       .advice = msh_view_str(virus_words[VIRUS_ADVICE].zh),
                       .advice_en = msh_view_str(virus_words[VIRUS_ADVICE].en),
                       .basis = msh_view_str(virus_words[VIRUS_BASIS].zh),
                       .basis_en = msh_view_str(virus_words[VIRUS_BASIS].en),
                       .pack = MSH_VIEW("clamd"),
                       .pack_version = MSH_VIEW("-"),
                       .tier = MSH_TIER_BLOCK,
                       .count = 1};
    f->excerpt = msh_arena_copy(&e->arena, msh_view_cut(shown, 0, msh_view_utf8_prefix(shown)));
    return f->excerpt.data && copy_place(&e->arena, &f->place, &place) &&
           fingerprint(e, key, f->rule, name, f);
}

void msh_entry_virus(msh_entry *e, msh_hmac *key, msh_view name)
{
    e->worst = MSH_TIER_BLOCK;
    e->item.tier_counts[MSH_TIER_BLOCK]++;
    e->item.findings++;
    msh_finding *all = grow(&e->arena, e->findings, e->n_findings, &e->cap_findings, sizeof *all);
    if (all)
        e->findings = all;
    if (!all || !fill_virus(e, key, name, &all[e->n_findings])) {
        memory_is_short(e);
        return;
    }
    e->n_findings++;
}

void msh_entry_done(msh_entry *e, const msh_room_done *done)
{
    e->done = true;
    e->item.format = msh_arena_copy(&e->arena, done->format);
    e->item.findings = done->findings > e->n_findings ? done->findings : e->n_findings;
    e->item.optical = done->optical;
    e->item.optical_page = done->optical_page;
    e->item.ms = done->ms;
    e->item.has_sha256 = done->has_sha256;
    e->item.has_sm3 = done->has_sm3;
    memcpy(e->item.sha256, done->sha256, 32);
    memcpy(e->item.sm3, done->sm3, 32);
    if (!e->item.format.data)
        e->item.format = MSH_VIEW("?");
}

void msh_entry_pass_opaque(msh_entry *e)
{
    msh_view unread = msh_view_str(msh_reason_name(MSH_REASON_FORMAT_UNSUPPORTED));
    if (e->whole || e->memory_short || e->more_outcomes || e->n_outcomes == 0)
        return;
    for (size_t i = 0; i < e->n_outcomes; i++)
        if (!msh_view_eq(e->outcomes[i].reason, unread) ||
            !msh_view_eq(e->outcomes[i].place.vpath, e->vpath))
            return;
    for (size_t i = 0; i < e->n_outcomes; i++) {
        e->outcomes[i].reason = msh_view_str(msh_reason_name(MSH_REASON_FORMAT_OPAQUE));
        e->outcomes[i].outcome = msh_reason_outcome(MSH_REASON_FORMAT_OPAQUE);
    }
    e->whole = true;
}

static int64_t nanoseconds(struct timespec t)
{
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

bool msh_entry_unchanged(const msh_entry *e)
{
    struct stat st;
    if (e->fd < 0)
        return true;
    return fstat(e->fd, &st) == 0 && (uint64_t)st.st_size == e->size &&
           nanoseconds(st.st_mtim) == e->mtime_ns && nanoseconds(st.st_ctim) == e->ctime_ns;
}

bool msh_entry_reopen(msh_entry *e)
{
    struct stat st;
    if (fstat(e->fd, &st) != 0)
        return false;
    e->size = e->item.size = (uint64_t)st.st_size;
    e->mtime_ns = e->item.mtime_ns = nanoseconds(st.st_mtim);
    e->ctime_ns = nanoseconds(st.st_ctim);
    return true;
}

/* --- masks of names
 * -------------------------------------------------------------------------------- */

enum { MASK_LEAST = 3, MASK_MOST = 20 };

/* As many █ as characters are hidden, so that names that differ there are still told apart; at
 * least three, at most twenty. Bytes that are no UTF-8 are counted as a charset of two bytes. */
static size_t mask_width(msh_view hidden)
{
    size_t chars = 0;
    bool utf8 = msh_view_is_utf8(hidden);
    for (size_t i = 0; i < hidden.len; i++) {
        if (utf8 && (hidden.data[i] & 0xC0) == 0x80)
            continue;
        chars++;
        i += !utf8 && hidden.data[i] > 0x80;
    }
    return chars < MASK_LEAST ? MASK_LEAST : chars > MASK_MOST ? MASK_MOST : chars;
}

/* Start of the last component of a vpath: behind its last unescaped '!'. */
static size_t last_component(msh_view vpath)
{
    size_t start = 0;
    for (size_t i = 0; i < vpath.len; i++) {
        if (vpath.data[i] == '\\')
            i++;
        else if (vpath.data[i] == '!')
            start = i + 1;
    }
    return start;
}

static msh_view splice(msh_arena *a, msh_view v, size_t from, size_t to)
{
    static const uint8_t block[3] = {0xE2, 0x96, 0x88}; /* █ */
    size_t width = mask_width(msh_view_cut(v, from, to - from)), at = from;
    uint8_t *p = msh_arena_alloc(a, v.len + width * sizeof block);
    if (!p)
        return MSH_VIEW("███");
    memcpy(p, v.data, from);
    for (size_t i = 0; i < width; i++, at += sizeof block)
        memcpy(p + at, block, sizeof block);
    memcpy(p + at, v.data + to, v.len - to);
    return (msh_view){p, at + v.len - to};
}

/* The item's own path: exactly the bytes that were hit, the gravest masked last so that offsets of
 * the others do not shift: done from the back. */
static void mask_own_path(msh_entry *e)
{
    msh_view shown = e->item.path;
    uint64_t before = UINT64_MAX;
    for (;;) {
        const msh_name_hit *next = NULL;
        for (const msh_name_hit *n = e->name_hits; n; n = n->next)
            if (msh_view_eq(n->vpath, e->vpath) && n->offset < before &&
                (!next || n->offset > next->offset))
                next = n;
        if (!next)
            break;
        uint64_t end = next->offset + next->length;
        if (end > before)
            end = before;
        if (next->offset < e->item.path.len && end <= e->item.path.len)
            shown = splice(&e->arena, shown, (size_t)next->offset, (size_t)end);
        before = next->offset;
        e->item.path_masked = true;
    }
    e->item.path_shown = shown;
}

static void mask_place(msh_entry *e, msh_view shown, msh_place *p)
{
    for (const msh_name_hit *n = e->name_hits; n; n = n->next) {
        if (msh_view_eq(n->vpath, e->vpath) || !msh_view_starts(p->vpath, n->vpath))
            continue;
        size_t from = last_component(n->vpath);
        p->vpath = splice(&e->arena, p->vpath, from, n->vpath.len);
        break;
    }
    if (e->item.path_masked && msh_view_starts(p->vpath, e->vpath)) {
        msh_view rest = msh_view_cut(p->vpath, e->vpath.len, p->vpath.len);
        uint8_t *b = msh_arena_alloc(&e->arena, shown.len + rest.len);
        if (!b) {
            p->vpath = shown;
            return;
        }
        memcpy(b, shown.data, shown.len);
        memcpy(b + shown.len, rest.data, rest.len);
        p->vpath = (msh_view){b, shown.len + rest.len};
    }
}

static void mask_names(msh_entry *e)
{
    mask_own_path(e);
    if (!e->name_hits)
        return;
    msh_view shown = escaped(&e->arena, e->item.path_shown);
    if (!shown.data)
        shown = MSH_VIEW("███");
    for (size_t i = 0; i < e->n_findings; i++) {
        mask_place(e, shown, &e->findings[i].place);
        msh_place *more = (msh_place *)(uintptr_t)e->findings[i].more;
        for (uint32_t k = 0; k < e->findings[i].n_more; k++)
            mask_place(e, shown, &more[k]);
    }
    for (size_t i = 0; i < e->n_outcomes; i++)
        mask_place(e, shown, &e->outcomes[i].place);
}

/* --- the end
 * --------------------------------------------------------------------------------------- */

static const msh_outcome_note *first_not_whole(const msh_entry *e)
{
    for (size_t i = 0; i < e->n_outcomes; i++)
        if (!msh_outcome_is_whole(e->outcomes[i].outcome))
            return &e->outcomes[i];
    return NULL;
}

void msh_entry_finish(msh_entry *e, uint64_t n)
{
    msh_place place = {.vpath = e->item.path, .offset = MSH_NO_POSITION};
    if (e->memory_short)
        msh_entry_outcome(e, MSH_REASON_LIMIT_MEMORY, &place, 0);
    const msh_outcome_note *bad = first_not_whole(e);
    e->item.n = n;
    e->item.outcome = MSH_OUTCOME_SCANNED;
    e->item.reason = (msh_view){NULL, 0};
    if (!e->whole && !bad) { /* said so, but there was no memory to say why */
        e->item.outcome = MSH_OUTCOME_LIMIT;
        e->item.reason = msh_view_str(msh_reason_name(MSH_REASON_LIMIT_MEMORY));
    } else if (bad) {
        e->item.outcome = bad->outcome;
        e->item.reason = bad->reason;
    } else if (e->n_outcomes) {
        e->item.outcome = e->outcomes[0].outcome;
        e->item.reason = e->outcomes[0].reason;
    }
    e->item.verdict = msh_verdict_of(e->worst, e->whole, e->item.optical_page);
    mask_names(e);
}
