/* extract.h: a document to its texts.
 *
 * One file a format (fmt_NAME.c) and one line in formats.def. An extractor never calls another:
 * what it finds inside goes to msh_extract_child, which probes again. Every extractor whose probe
 * is positive runs (polyglots). What none reads is swept raw, with an outcome.
 *
 * Hostile input is the rule: bounded cursors only, every decoded byte charged to the budget before
 * it is handed on, no recursion that the budget does not count. */
#ifndef MSH_EXTRACT_H
#define MSH_EXTRACT_H

#include <mishen/finding.h>
#include <mishen/options.h>

#include "base/arena.h"
#include "base/budget.h"
#include "base/buf.h"
#include "base/reason.h"
#include "extract/input.h"
#include "text/charset.h"
#include "text/map.h"

/* --- what an extractor hands on --------------------------------------------------------------- */

/* Marks inside a text from which on a place differs. `at` is a byte in text.bytes; ascending. */
typedef struct msh_anchor {
    uint64_t at;
    uint32_t page;     /* 0 = as before */
    uint32_t cell_row; /* 0 = as before */
    uint32_t cell_col;
} msh_anchor;

/* A text. Blocks (paragraphs, rows, list items) end in '\n', cells of a row are parted by '\t';
 * a text is as much as belongs together: one part, one sheet, one page, one field. Long ones come
 * in windows (see MSH_TEXT_MORE) of at most MSH_TEXT_WINDOW bytes. */
enum { MSH_TEXT_WINDOW = 1 << 20, MSH_TEXT_OVERLAP = 4096 };
enum {
    MSH_TEXT_MORE = 1,      /* another window of the same text follows */
    MSH_TEXT_CONTINUED = 2, /* the first `overlap` bytes were in the window before */
    MSH_TEXT_MARKUP = 4,    /* source code or markup as written: the raw view beside a parsed one */
    MSH_TEXT_GUESS = 8,     /* one of several readings of the same bytes (charset not certain) */
    MSH_TEXT_TABLE = 16     /* rows and tab-parted cells: a sheet, CSV, HTML table */
};

typedef struct msh_text {
    msh_view bytes;
    msh_charset charset; /* of bytes; MSH_CS_UTF8 where the extractor decoded */
    unsigned flags;
    uint32_t overlap;
    msh_place place; /* line: number of the first line of bytes; offset: of its first byte */
    const msh_anchor *anchors;
    size_t n_anchors;
    const msh_map *map; /* bytes → source bytes of the item or member; NULL = place.offset + at */
} msh_text;

typedef struct msh_sink msh_sink;
struct msh_sink {
    void *ctx;
    /* A text. An error stops the item (memory, stop); extractors return it at once. */
    msh_err (*text)(void *ctx, const msh_text *t);
    /* Something was not (wholly) read. */
    msh_err (*outcome)(void *ctx, msh_reason reason, const msh_place *place, uint64_t reached);
    /* A connected stream socket to a running helper program ("pdf", "ocr"), owned by the caller of
     * extract and kept between items; -1 when there is none. NULL = no helpers. */
    int (*helper)(void *ctx, const char *name);
    /* The helper broke off or was out of step: it must not be used again. */
    void (*helper_failed)(void *ctx, const char *name);
};

/* --- the state of one item ---------------------------------------------------------------------
 */

typedef struct msh_extract {
    msh_arena *arena; /* lives for the item */
    msh_budget budget;
    const msh_limits *limits;
    const msh_sink *sink;
    bool ocr;        /* policy: use the OCR helper */
    msh_view format; /* out: name of the first format that read the item, "?" if none */
    /* members being read, innermost last: for loops of the same bytes */
    struct msh_scope *scope;
    msh_err stopped;                   /* what a callback returned when it stopped the item */
    bool limit_said;                   /* the budget's failure was reported, once is enough */
    uint64_t handed;                   /* texts and outcomes handed on so far */
    struct msh_ocr_queue *ocr_waiting; /* pictures to be read after all texts (helper.h) */
    /* out: what OCR did, for the verdict (product.md section 3) */
    uint32_t ocr_pages; /* pictures and pages read by OCR */
    uint32_t ocr_scans; /* of these: image-only pages, and pictures with 20 characters or more */
    uint64_t ocr_chars; /* characters read */
} msh_extract;

/* Read one item: probes, runs every positive extractor, sweeps raw, reports outcomes. The caller
 * has set arena, limits, sink, ocr; the budget is begun here. Returns MSH_OK when everything was
 * said that is to be said (also that nothing could be read); an error only when the machine failed
 * or a callback stopped. path: what vpath begins with. */
MSH_MUST_CHECK msh_err msh_extract_item(msh_extract *x, msh_input *in, msh_view path);

/* --- for extractors ------------------------------------------------------------------------------
 */

/* What an extractor reads: its input, and the place that its texts are in (vpath, role BODY). */
typedef struct msh_doc {
    msh_input *in;
    msh_place place;
    msh_view head; /* the first bytes of the input, at most MSH_HEAD */
    msh_view name; /* last part of the path, for suffixes */
    bool declares; /* what it lies in names the charset of its text */
    msh_charset declared;
    int *zip_kind; /* what msh_zip_sniff found, -1: not asked yet; NULL: not kept */
} msh_doc;
enum { MSH_HEAD = 65536 };

typedef struct msh_format {
    const char *name;                /* "docx": what reports and `mishen formats` show */
    const char *zh, *en;             /* for people */
    const char *suffixes;            /* "docx docm dotx", for `mishen formats` and hints */
    const char *library;             /* "libarchive" or NULL */
    const char *absent;              /* reason when not built, else NULL */
    const char *reads_zh, *reads_en; /* what is read, one line */
    /* 0 = not mine; 1 … 100 how sure. Looks at doc->head, suffix, and a little further if need be.
     */
    int (*probe)(const msh_doc *doc);
    /* Reads all. Outcomes for what it could not read; an error is turned into an outcome by the
     * caller (msh_reason_of_error), what was handed on before stays. */
    /* MSH_E_SYNTAX before anything was handed on says: not mine after all. */
    msh_err (*extract)(msh_extract *x, const msh_doc *doc);
    unsigned flags;
    /* Of all positive formats of one family ("zip") only the surest runs. NULL = none. */
    const char *family;
} msh_format;
enum {
    /* Is plain text of some kind: the text extractor hands on its bytes as written, this one only
     * adds its parsed view; no raw sweep. */
    MSH_FORMAT_TEXT = 1,
    MSH_FORMAT_CONTAINER = 2, /* its bytes say little: raw sweep only of what was not decoded */
    MSH_FORMAT_FALLBACK = 4,  /* runs only when no other did */
    MSH_FORMAT_PARTIAL = 8,   /* reads not all there is: outcome partial beside */
    MSH_FORMAT_MARKUP = 16,   /* with TEXT: the view as written is markup (MSH_TEXT_MARKUP) */
    MSH_FORMAT_NAMES = 32,    /* a file's extractor sets x->format itself */
    /* Accounts for every byte, also of what stands in it and behind it: formats that are less than
     * 50 sure, as their beginning lies further in, do not run beside it. */
    MSH_FORMAT_WHOLE = 64
};

/* All rows of formats.def in order; *n their number. */
const msh_format *const *msh_formats(size_t *n);

/* A text of this document in UTF-8: fills charset and place; role, name may be set in `place` (a
 * copy of doc->place changed by the caller). Splits into windows; charges nothing (the decoder
 * did). */
MSH_MUST_CHECK msh_err msh_emit(msh_extract *x, const msh_place *place, msh_view utf8,
                                unsigned flags);
/* The same with anchors and a map. */
MSH_MUST_CHECK msh_err msh_emit_mapped(msh_extract *x, const msh_text *t);
/* Bytes in an unknown charset (a comment, a field of an old format): detects, emits every plausible
 * reading. declared: MSH_CHARSET_COUNT when nothing is declared. */
MSH_MUST_CHECK msh_err msh_emit_bytes(msh_extract *x, const msh_place *place, msh_view bytes,
                                      msh_charset declared, unsigned flags);
/* An outcome with a place; reached 0 unless a limit names a value. */
MSH_MUST_CHECK msh_err msh_report(msh_extract *x, const msh_place *place, msh_reason reason,
                                  uint64_t reached);

/* An error on the way to a member: when it is that the item's budget is spent, the outcome is
 * reported here, at the member, and not once more further out. Returns e, or what a callback
 * returned. */
MSH_MUST_CHECK msh_err msh_extract_spent(msh_extract *x, const msh_place *place, msh_err e);

/* Something inside: a member of an archive, an attachment, a part. name: its raw bytes (any
 * charset: decoded here, and emitted as a text of role name); bytes: its content in memory. Charges
 * one member and one level; at the limit reports and returns MSH_OK so that siblings go on. The
 * vpath becomes doc's + "!" + name. */
MSH_MUST_CHECK msh_err msh_extract_child(msh_extract *x, const msh_doc *doc, msh_view name,
                                         msh_view bytes);
/* The same for content on which another input gives access. */
MSH_MUST_CHECK msh_err msh_extract_child_input(msh_extract *x, const msh_doc *doc, msh_view name,
                                               msh_input *in);
/* The same for something of which more is known. */
typedef struct msh_part {
    msh_view name;
    bool unnamed;  /* the name is ours, not the document's: it is no text */
    bool declares; /* charset is what the document says of its text */
    msh_charset charset;
} msh_part;
MSH_MUST_CHECK msh_err msh_extract_part(msh_extract *x, const msh_doc *doc, const msh_part *part,
                                        msh_view bytes);
/* A format of text says: encoded runs from byte `from` on were decoded and handed on by it, the
 * text extractor need not look for them again. */
void msh_extract_runs_read(msh_extract *x, uint64_t from);
/* Up to where runs are still to be looked for; UINT64_MAX = everywhere. */
uint64_t msh_extract_runs_until(const msh_extract *x);
/* Bytes behind the end of a format (after a picture's last chunk, a zip's directory): NULs are
 * padding, all else is probed as a member named "+tail@OFFSET". */
MSH_MUST_CHECK msh_err msh_extract_tail(msh_extract *x, const msh_doc *doc, uint64_t from);
/* What may be a document by chance (a decoded run in a text): read when a format is sure of it,
 * else handed on as text; never an outcome for being unknown. label: "base64". */
MSH_MUST_CHECK msh_err msh_extract_guess(msh_extract *x, const msh_doc *doc, const char *label,
                                         const msh_place *at, msh_view bytes);
/* Whether a format is sure of these bytes: a document, not just data. */
bool msh_extract_knows(msh_view bytes);
/* How sure the surest format is; 0 for less than 64 bytes. */
int msh_extract_surest(msh_view bytes);
/* The place of a member, without reading it (for an outcome about it). The vpath is in x->arena. */
msh_place msh_child_place(msh_extract *x, const msh_doc *doc, msh_view name);

/* Strings in bytes of unknown structure: runs of 8-bit text (UTF-8, GB18030), UTF-16LE and BE at
 * both parities; emitted as role raw. Runs are kept when they hold CJK letters or ≥ 4 printable
 * ASCII. */
MSH_MUST_CHECK msh_err msh_sweep(msh_extract *x, const msh_place *place, msh_view bytes,
                                 uint64_t offset);
/* Whether a character is one of the 3,755 common hanzi (GB 2312 level 1). */
bool msh_sweep_is_common(uint32_t cp);
/* msh_sweep for a part of an input, window by window. */
MSH_MUST_CHECK msh_err msh_sweep_input(msh_extract *x, const msh_doc *doc, uint64_t from,
                                       uint64_t to);

/* --- for the text extractors --------------------------------------------------------------------
 */

/* One window as it stands: at most MSH_TEXT_WINDOW bytes. Keeps x->stopped. */
MSH_MUST_CHECK msh_err msh_emit_window(msh_extract *x, const msh_text *t);
/* A text in any charset: those that keep a state from byte to byte are decoded here. */
MSH_MUST_CHECK msh_err msh_emit_reading(msh_extract *x, const msh_text *t);
/* A place to cut text in a charset: at most `max` bytes, after a line end where one is near, never
 * inside a character. bytes.len ≥ 1 gives ≥ 1. */
size_t msh_emit_cut(msh_charset cs, msh_view bytes, size_t max);
/* The last start of a character at or before `at`. */
size_t msh_emit_boundary(msh_charset cs, msh_view bytes, size_t at);
/* Bytes of one code unit: 1, 2 or 4. */
unsigned msh_emit_unit(msh_charset cs);
/* Line ends in bytes. */
uint32_t msh_emit_lines(msh_charset cs, msh_view bytes);
/* The charset that a document declares among the readings of its text: first where it is one of
 * them, last where it says something else; not at all where it cannot be meant. declared may be
 * MSH_CHARSET_COUNT. */
void msh_decode_add_declared(msh_readings *r, msh_charset declared, msh_view all);
/* Whether the document being read is markup by one of its formats. */
bool msh_extract_is_markup(const msh_extract *x);
/* Readings of the head of the document being read; found out once. */
msh_readings msh_extract_readings(msh_extract *x, const msh_doc *doc);

#endif
