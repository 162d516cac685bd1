/* finding.h: what a scan says about an item: places, findings, outcomes, the item itself.
 *
 * Redaction: nothing here holds document text but `excerpt`, which is the masked hit alone (at most
 * 20 characters), and a place's names. */
#ifndef MISHEN_FINDING_H
#define MISHEN_FINDING_H

#include <mishen/error.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define MSH_NO_POSITION UINT64_MAX

/* Where a text stands. vpath: "a.zip!b/c.docx!word/header1.xml", beginning with the item's path;
 * bytes as found, not yet escaped for a sink, a literal '!' inside a name written "\!".
 * Numbers count from 1; 0 = does not apply. */
typedef struct msh_place {
    msh_view vpath;
    msh_view name;  /* of a sheet, field, property, attribute …; may be empty */
    msh_view sheet; /* sheet name; may be empty */
    msh_role role;
    uint32_t page;     /* 1-based page or slide */
    uint32_t cell_row; /* 1-based; with cell_col gives "B7" */
    uint32_t cell_col; /* 1-based */
    uint32_t line;     /* 1-based line or paragraph within the text */
    uint32_t column;   /* 1-based character within the line */
    uint64_t offset;   /* byte in the source of this text, or MSH_NO_POSITION */
} msh_place;

/* One (rule, normalised match) in one item. All views live as long as the callback runs. */
typedef struct msh_finding {
    msh_view rule; /* "mark.state-secret" */
    msh_view rule_name;
    msh_view rule_name_en;
    msh_view category; /* 个人信息, 国家秘密, … */
    msh_view explain;  /* of the rule, for people */
    msh_view advice;
    msh_view basis;
    msh_view explain_en, advice_en, basis_en; /* empty where the pack has none */
    msh_view pack;                            /* "gov-marks" */
    msh_view pack_version;
    msh_tier tier;
    msh_place place;
    const msh_place *more; /* up to 20 further places */
    uint32_t n_more;
    uint64_t count;   /* occurrences in the item, ≥ 1 */
    uint32_t length;  /* bytes of the hit as written */
    msh_view excerpt; /* masked, UTF-8 */
    char fp[33];      /* 32 hex digits: keyed digest over rule, normalised match, logical path */
    char tok[33];     /* 32 hex digits: first 16 bytes of HMAC-SM3 over the normalised match */
    bool waived;      /* by a decision in force: shown, but does not count */
    uint64_t waiver;  /* number of its record */
    char waived_till[11]; /* "2027-06-30" */
    bool person;          /* a number that belongs to one person, for people to look at */
} msh_finding;

/* One thing in an item that was not (wholly) read. */
typedef struct msh_outcome_note {
    msh_outcome outcome;
    msh_view reason; /* dotted: "zip.encrypted" (reasons.def) */
    msh_place place;
    uint64_t reached; /* for limits: the value reached, else 0 */
} msh_outcome_note;

/* One scanned root file. */
typedef struct msh_item {
    uint64_t n;          /* index in the run, from 0 */
    msh_view path;       /* as given on the command line + "/" + the rest; bytes, unescaped */
    bool path_masked;    /* a rule hit in the path: reports show path_shown only */
    msh_view path_shown; /* masked path when path_masked, else equal to path */
    uint64_t size;
    int64_t mtime_ns;
    bool has_sha256, has_sm3;
    uint8_t sha256[32];
    uint8_t sm3[32];
    msh_view format; /* "docx"; "?" when unknown */
    msh_verdict verdict;
    msh_outcome outcome;     /* of the item as a whole */
    msh_view reason;         /* first reason why it was not wholly read; empty when it was */
    uint64_t findings;       /* (rule, match) pairs found, also those past the listed 10,000 */
    uint32_t tier_counts[4]; /* by msh_tier */
    bool optical;            /* OCR ran and read next to nothing */
    bool optical_page;       /* and the picture looks like a page: REVIEW */
    uint32_t ms;             /* wall time */
    uint64_t waived;         /* of the listed findings */
    bool covered;            /* not inspected, but a person states that they read these bytes */
    uint64_t statement;      /* number of that record */
    char covered_till[11];   /* "2027-06-30" */
} msh_item;

/* Text for a reason, from reasons.def; the reason itself when it is not listed. */
const char *msh_reason_text(const char *reason, msh_lang lang);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
