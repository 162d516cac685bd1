/* review.h: decisions on releases (一条信息: a body with its attachments): submit, the steps of the
 * review, what stands where, with which deadline.
 *
 * Everything here is read anew from the verified log; nothing else is trusted. Each act is a signed
 * note inside a record (docs/audit-log.md). Sources: audit-log.md section 6, domain.md section 3.
 */
#ifndef MISHEN_REVIEW_H
#define MISHEN_REVIEW_H

#include <mishen/scan.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Where a release stands. Columns: enumerator, stable name, Chinese, English. */
#define MSH_RELEASE_STATES(X)                                                                      \
    X(FIRST, "first", "待初审", "awaits first review")                                             \
    X(SECOND, "second", "待复核", "awaits second review")                                          \
    X(SECRECY, "secrecy", "待保密审查", "awaits secrecy review")                                   \
    X(APPROVE, "approve", "待批准", "awaits approval")                                             \
    X(ESCALATED, "escalated", "送审中", "escalated")                                               \
    X(RETURNED, "returned", "退回", "returned")                                                    \
    X(APPROVED, "approved", "已批准公开", "approved")                                              \
    X(ON_REQUEST, "on-request", "依申请公开", "on request only")                                   \
    X(REFUSED, "refused", "不予公开", "refused")                                                   \
    X(WITHDRAWN, "withdrawn", "已撤回", "withdrawn")                                               \
    X(EXPIRED, "expired", "批准已到期", "approval has expired")

typedef enum msh_release_state {
#define X(id, name, zh, en) MSH_RELEASE_##id,
    MSH_RELEASE_STATES(X)
#undef X
        MSH_RELEASE_STATE_COUNT
} msh_release_state;
const char *msh_release_state_name(msh_release_state s);
const char *msh_release_state_text(msh_release_state s, msh_lang lang);

typedef enum msh_act {
#define MSH_ACT(id, name, role, zh, en) MSH_ACT_##id,
#include <mishen/reviewacts.def>
#undef MSH_ACT
    MSH_ACT_COUNT
} msh_act;
const char *msh_act_name(msh_act a);
const char *msh_act_text(msh_act a, msh_lang lang);
/* MSH_ACT_COUNT when there is no act of that name. */
msh_act msh_act_named(const char *name);

/* Texts that a decision may carry, as given (NULL = none) and as read (empty = none). */
typedef struct msh_review_texts {
#define MSH_REVIEW_TEXT(where, member, key, zh, en) const char *member;
#include <mishen/reviewtexts.def>
#undef MSH_REVIEW_TEXT
} msh_review_texts;
typedef struct msh_review_views {
#define MSH_REVIEW_TEXT(where, member, key, zh, en) msh_view member;
#include <mishen/reviewtexts.def>
#undef MSH_REVIEW_TEXT
} msh_review_views;

/* The i-th reason code of refusals.def; false past the last one. */
typedef struct msh_refusal {
    const char *code, *zh, *en, *basis;
} msh_refusal;
bool msh_refusal_get(size_t i, msh_refusal *out);
/* The i-th category of categories.def; steps: names of steps parted by blanks. */
typedef struct msh_category {
    const char *name, *zh, *en, *steps;
} msh_category;
bool msh_category_get(size_t i, msh_category *out);

/* --- what stands where ------------------------------------------------------------------------ */

/* A release. Views live as long as the call that hands it out. */
typedef struct msh_release {
    msh_view id;
    msh_review_views texts; /* as submitted; those of acts are empty */
    msh_release_state state;
    msh_view submitted_by, submitted; /* who, when (UTC) */
    uint64_t record;                  /* of the latest decision on it */
    unsigned round;                   /* 1 = submitted once */
    unsigned step, n_steps;           /* steps done, steps of its path; 0 of 0: approved in one */
    bool pending;                     /* somebody has to do something */
    char due[11];                     /* "2026-12-01": until when the step at hand; "" = none */
    int days_left;                    /* working days until then, negative = late */
    bool late;
    char publish_due[11]; /* 20 working days from the date of formation; "" = none or published */
    bool publish_late;
    msh_view not_after; /* end of the approval, empty = none */
    msh_view published; /* when it was first published (UTC), empty = not yet */
    size_t n_files;
    msh_verdict worst;     /* gravest of its files, waivers and statements taken into account */
    uint64_t open, waived; /* findings from REVIEW up that count, and that are waived */
} msh_release;

/* A file of a release with what the scan said of it when it was submitted, or approved. */
typedef struct msh_release_file {
    msh_view path;
    uint64_t size;
    uint8_t sha256[32], sm3[32];
    uint64_t record;      /* number of its item record */
    bool known;           /* that record is in the log; else nothing below is */
    msh_verdict verdict;  /* as it is today, waivers and statements taken into account */
    msh_view outcome;     /* "encrypted", … (types.h) */
    msh_view reason;      /* why it was not wholly read, may be empty */
    msh_view stated_till; /* a person's statement covers it until then; empty = none */
    msh_view stated_by;
    uint64_t open, waived;
} msh_release_file;

/* A finding from REVIEW up in a file of a release. Never document text. */
typedef struct msh_release_finding {
    msh_view path, rule, category, role, part, sheet, cell, excerpt; /* may be empty */
    msh_tier tier;
    uint32_t page, line;
    uint64_t count;
    char fp[33]; /* for a waiver; "" in records of earlier versions */
    bool waived;
    msh_view waived_till;
} msh_release_finding;

/* One decision in the history of a release. */
typedef struct msh_release_event {
    uint64_t record;
    msh_view ts, by, role; /* by: who signed; of a paper decision the clerk */
    msh_act act;
    msh_review_views texts;
    bool counts;     /* false: signed and logged, but it may not */
    const char *why; /* why it does not count */
} msh_release_event;

typedef struct msh_release_filter {
    bool pending, late;         /* only those */
    const char *state;          /* stable name, NULL = all */
    const char *category;       /* NULL = all */
    const char *since, *before; /* by date of submission, "2026-11"; NULL = all */
} msh_release_filter;

typedef struct msh_release_visitor {
    void *ctx;
    /* Each may be NULL; false ends it. */
    bool (*release)(void *ctx, const msh_release *r);
    bool (*file)(void *ctx, const msh_release_file *f);
    bool (*finding)(void *ctx, const msh_release_finding *f);
    bool (*event)(void *ctx, const msh_release_event *e);
} msh_release_visitor;

/* Releases in the order they were first submitted; only visitor->release is called. filter may be
 * NULL. MSH_E_EVIDENCE when the log does not verify: then nothing is handed out. */
MSH_MUST_CHECK msh_err msh_review_list(const msh_options *options, const msh_release_filter *filter,
                                       const msh_release_visitor *visitor, msh_error *why);
/* One release with its files, their findings and its history, oldest first. MSH_E_GONE: none. */
MSH_MUST_CHECK msh_err msh_review_read(const msh_options *options, const char *id,
                                       const msh_release_visitor *visitor, msh_error *why);

/* --- acts ------------------------------------------------------------------------------------- */

/* Who signs. The keys are those of STATE/reviewers, or files NAME.pem and NAME.sm3.pem in a folder
 * that the person brings along (the public ones are in STATE/reviewers all the same). */
typedef struct msh_signer {
    const char *name;
    const char *keys;     /* folder with the private keys; NULL = STATE/reviewers */
    const char *password; /* NULL = none, or ask */
    /* Fills a password (NUL ended) into room; false = none. May be NULL. */
    bool (*ask)(void *ctx, const char *name, char *room, size_t cap);
    void *ctx;
} msh_signer;

/* What an act did. */
typedef struct msh_review_done {
    char id[64];
    uint64_t record;
    msh_release_state state;
    msh_verdict worst; /* submit and approve: gravest verdict of its files */
    uint64_t open;     /* findings from REVIEW up that count */
    unsigned more;     /* approvals that are still missing to the quorum */
    char due[11];
    char not_after[28]; /* end of the approval or statement, "" = none */
    char origin[256];   /* of the log */
    char what[2000];    /* refused because of files: which, a line each; else "" */
} msh_review_done;

/* A release is handed in: its files are hashed, scanned, and the note with both is signed. Any
 * verdict may be submitted; what may be approved is judged at the end. */
typedef struct msh_submit_job {
    const char *const *files;
    size_t n_files;
    const char *root; /* of what is published; paths are relative to it; NULL = working folder */
    const char *id;   /* NULL = made; that of a returned, approved or withdrawn one: a new round */
    msh_review_texts texts; /* those of RELEASE; title is needed */
    msh_signer signer;
} msh_submit_job;
MSH_MUST_CHECK msh_err msh_review_submit(const msh_options *options, const msh_submit_job *job,
                                         msh_review_done *out, msh_error *why);

/* One decision on a submitted release: pass, return, refuse, escalate, approve, withdraw, record.
 * approve reads the files again (in root, or where they were submitted from), scans them by today's
 * rules and refuses changed bytes, BLOCK without a waiver, NOT-INSPECTED without a statement, and
 * REVIEW without a reason. MSH_E_REFUSED: it may not be, why says so; nothing is signed. */
typedef struct msh_decide_job {
    msh_act act;
    const char *id;
    const char *root;       /* for approve; NULL = where it was submitted from */
    const char *not_after;  /* end of the approval, "2027-06-30"; NULL = none */
    const char *sheet;      /* record: file with the scanned sheet, which is hashed */
    msh_review_texts texts; /* those of ACT */
    msh_signer signer;
} msh_decide_job;
MSH_MUST_CHECK msh_err msh_review_decide(const msh_options *options, const msh_decide_job *job,
                                         msh_review_done *out, msh_error *why);

/* --- waivers and statements ------------------------------------------------------------------- */

/* An exception: one finding by its fingerprint, or a rule within a path ("notes/", "a.txt", with
 * '*' for anything but '/'). What is waived is still found, shown and counted as waived; after the
 * end it counts again. Reason, basis, end and a person of the policy's role are needed. */
typedef struct msh_waive_job {
    const char *fp;          /* 32 hex digits; or */
    const char *rule, *path; /* both */
    const char *reason, *basis;
    const char *until; /* last day, "2027-06-30" */
    bool end;          /* take back: it ends at once; until is not needed */
    msh_signer signer;
} msh_waive_job;
MSH_MUST_CHECK msh_err msh_waive(const msh_options *options, const msh_waive_job *job,
                                 msh_review_done *out, msh_error *why);

typedef struct msh_waiver {
    uint64_t record;
    msh_view by, ts, until, fp, rule, path, reason, basis;
    bool in_force; /* today, and not replaced */
} msh_waiver;
/* The newest first; false ends it. */
MSH_MUST_CHECK msh_err msh_waivers(const msh_options *options,
                                   bool (*each)(void *ctx, const msh_waiver *w), void *ctx,
                                   msh_error *why);

/* 已人工查看: these very bytes were read by the person who signs, until a day. */
typedef struct msh_state_job {
    const char *const *files;
    size_t n_files;
    const char *root;   /* NULL = working folder */
    const char *reason; /* what was done: read page by page … */
    const char *until;  /* last day, "2027-06-30" */
    msh_signer signer;
} msh_state_job;
MSH_MUST_CHECK msh_err msh_review_state(const msh_options *options, const msh_state_job *job,
                                        msh_review_done *out, msh_error *why);

/* --- stock ------------------------------------------------------------------------------------ */

/* The stock of a site is taken over as it stands (存量): scanned, listed, signed, never called
 * approved. What is blocked, has no hashes or a name that cannot stand in a record is left out:
 * exit 1 then. Prints what it did. */
typedef struct msh_adopt_job {
    const char *site;
    const char *reason; /* may be NULL */
    msh_signer signer;
} msh_adopt_job;
MSH_MUST_CHECK msh_err msh_adopt(const msh_options *options, const msh_adopt_job *job,
                                 int *exit_code, msh_error *why);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
