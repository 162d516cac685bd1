/* book.h: the register of a period as sheets for paper show it: releases with their files,
 * decisions and publication, scans, and figures that people entered. Filled by scan/book.c from the
 * verified log; counted here, rendered by book_form.c, book_summary.c, book_annual.c.
 *
 * Days are those of Beijing; a month is "2026-11", a year "2026". */
#ifndef MSH_REPORT_BOOK_H
#define MSH_REPORT_BOOK_H

#include <mishen/finding.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/table.h"
#include "base/workdays.h"

typedef struct msh_book_event {
    struct msh_book_event *next; /* later */
    uint64_t n;                  /* record */
    char day[11];
    bool counts; /* false: signed and logged, but it may not */
    msh_view act, by, role, step, opinion, reason, code, basis, third_party, handling, authority,
        letter, reply;
} msh_book_event;

typedef struct msh_book_file {
    msh_view path;
    uint64_t size, record; /* record: its scan's */
    uint8_t sha256[32], sm3[32];
    bool known;       /* that record is in the log */
    msh_view verdict; /* stable name */
    msh_view rules;   /* packs of that scan: "gov-marks 2026.11.1、…" */
    uint64_t findings;
} msh_book_file;

typedef struct msh_book_release {
    struct msh_book_release *next;
    msh_view id, title, docno, category, channel, unit, index_no, topic, carrier, formed, planned,
        disclosure, level;
    msh_book_file *files;
    size_t n_files;
    msh_book_event *first, *last;
    char published[11];    /* "" = no record of it */
    msh_view published_to; /* folder */
    uint64_t publish_record;
} msh_book_release;

typedef struct msh_book_scans {
    char month[8];
    uint64_t runs, items, verdicts[4];
} msh_book_scans;

/* A figure as last entered for a year; known false: nobody did. */
typedef struct msh_book_figure {
    bool known;
    uint64_t value, n;
    msh_view by;
    char day[11];
} msh_book_figure;

enum { MSH_BOOK_MONTHS = 1200 };
#define MSH_FIGURE(name, zh, en, unit_zh, unit_en) +1
enum {
    MSH_FIGURES = 0
#include <mishen/figures.def>
};
#undef MSH_FIGURE

typedef struct msh_book {
    msh_arena arena;
    msh_table *by_id;
    msh_book_release *first, *last;
    size_t n_releases;
    msh_book_scans *scans;
    size_t n_scans;
    msh_book_figure figures[MSH_FIGURES]; /* of the year asked for */
    msh_workdays workdays;
    bool has_holidays; /* a file of holidays was read */
    char origin[256], root_sha256[48], root_sm3[48], printed[28];
    uint64_t size; /* records: the checkpoint at printing */
} msh_book;

/* What became of a release, as far as decisions that count say. */
typedef enum msh_book_state {
    MSH_BOOK_PENDING,
    MSH_BOOK_RETURNED,
    MSH_BOOK_ESCALATED,
    MSH_BOOK_APPROVED,
    MSH_BOOK_REFUSED,
    MSH_BOOK_WITHDRAWN
} msh_book_state;

/* The Beijing day of a time as records have it; "" when it is none. */
void msh_book_day(msh_view utc, char out[11]);
msh_book_state msh_book_state_of(const msh_book_release *r);
/* The latest decision that counts with this act, NULL = none. */
const msh_book_event *msh_book_last(const msh_book_release *r, const char *act);
/* The first one. */
const msh_book_event *msh_book_first(const msh_book_release *r, const char *act);
/* The day it was made public: that of publication, else of approval; "" = never. */
const char *msh_book_public_day(const msh_book_release *r);
/* Whether it is made public on request only. */
bool msh_book_on_request(const msh_book_release *r);
static inline bool msh_book_in(const char *day, const char *period)
{
    size_t n = 0;
    while (period[n] && day[n] == period[n])
        n++;
    return period[n] == '\0' && day[0] != '\0';
}
/* A category or a reason code in words; as written when it is not listed. */
msh_view msh_book_category(msh_view code, msh_lang lang);
msh_view msh_book_refusal(msh_view code, msh_lang lang);
const char *msh_book_state_text(msh_book_state s, msh_lang lang);
/* Shares in tenths of a percent that add up to exactly 1000 (largest remainders); all 0 when the
 * sum is 0. */
void msh_book_shares(const uint64_t *n, size_t count, unsigned *tenths);

/* The sheets as HTML pages, appended. release NULL: all that had a decision in the period. */
void msh_book_form(msh_buf *out, const msh_book *b, msh_lang lang, const char *period,
                   const char *release);
void msh_book_summary(msh_buf *out, const msh_book *b, msh_lang lang, const char *month);
MSH_MUST_CHECK msh_err msh_book_annual(msh_buf *out, const msh_book *b, msh_lang lang,
                                       const char *year);

/* For all of them: head and end of the page, a cell's text, the checkpoint with its code. */
void msh_book_begin(msh_buf *out, msh_lang lang, msh_view title);
void msh_book_end(msh_buf *out);
void msh_book_evidence(msh_buf *out, const msh_book *b, msh_lang lang, msh_view code);

#endif
