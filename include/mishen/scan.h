/* scan.h: the front door: scan, extract, approve, gate, manifest, publish. */
#ifndef MISHEN_SCAN_H
#define MISHEN_SCAN_H

#include <mishen/finding.h>
#include <mishen/options.h>
#include <mishen/report.h>
#include <mishen/ruletypes.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Exit codes of all commands but `log verify` (product.md section 3). */
enum {
    MSH_EXIT_CLEAN = 0,
    MSH_EXIT_FINDINGS = 1,
    MSH_EXIT_NOT_INSPECTED = 2,
    MSH_EXIT_EVIDENCE = 3,
    MSH_EXIT_USAGE = 64,
    MSH_EXIT_SANDBOX = 70,
    MSH_EXIT_STATE = 74,
    MSH_EXIT_BUSY = 75
};

/* What all commands share. Strings are borrowed for the call; NULL = default. */
typedef struct msh_options {
    uint32_t version; /* MSH_OPTIONS_VERSION */
    msh_lang lang;
    const char *state;        /* state folder */
    const char *const *rules; /* files or folders that replace the packs in force */
    size_t n_rules;
    const char *const *add_rules; /* files or folders added to them */
    size_t n_add_rules;
    msh_limits limits;
    msh_policy policy;
    const char *const
        *raise; /* RULE=TIER: findings of these rules are one tier graver, up to TIER */
    size_t n_raise;
    const char *const *exclude; /* patterns of files and folders that are left out */
    size_t n_exclude;
    const char *profile; /* name of the profile in force, for the log; NULL = none */
    unsigned jobs;       /* 0 = one for each CPU */
    unsigned digests;    /* MSH_DIGEST_*, 0 = both */
    bool no_sandbox;
    bool inproc;
    bool no_ocr;
    bool signed_rules; /* rule packs named by rules and add_rules must be signed by a trusted key */
    const char *virus; /* "clamd:/path": each item is also shown to a running clamd; NULL = none */
    msh_medium medium; /* where it is going to stand; rules may be graver there */
    const char *libexec; /* helper programs; NULL = where the build put them */
    const char *data;    /* shipped rules; NULL = where the build put them */
} msh_options;
enum { MSH_OPTIONS_VERSION = 1 };
void msh_options_default(msh_options *options);

typedef enum msh_progress_mode {
    MSH_PROGRESS_AUTO,
    MSH_PROGRESS_NEVER,
    MSH_PROGRESS_JSON
} msh_progress_mode;

typedef struct msh_scan_job {
    const char *const *paths; /* "-" = standard input */
    size_t n_paths;
    const char *files_from; /* list of names, "-" = standard input */
    const char *format;     /* "text", "ndjson" … */
    const char *output;     /* file, replaced atomically with mode 0600; NULL = standard output */
    bool color;
    bool quiet;
    unsigned width;
    msh_tier fail_on; /* 0 = REVIEW */
    msh_progress_mode progress;
} msh_scan_job;

/* Scans, logs, reports. *exit_code as product.md section 3 says, also when an error is returned. */
MSH_MUST_CHECK msh_err msh_scan(const msh_options *options, const msh_scan_job *job, int *exit_code,
                                msh_error *why);

/* A saved run in another form. */
typedef struct msh_report_job {
    const char *form;        /* "text", "html" …, see msh_report_get */
    const char *const *runs; /* files, "-" for standard input, ids of runs in the state folder or
                              * "last"; of several the latest is shown, the others as its history */
    size_t n_runs;
    const char *output; /* as in msh_scan_job */
    bool color;
    unsigned width;
} msh_report_job;
/* Errors: MSH_E_SYNTAX, MSH_E_SHORT (a run that was not finished), MSH_E_NAMED, MSH_E_OPTION. */
MSH_MUST_CHECK msh_err msh_report_saved(const msh_options *options, const msh_report_job *job,
                                        msh_error *why);
/* A sheet for paper out of the verified log: "form" (保密审查登记表, a page for each release),
 * "summary" (月度汇总表), "annual" (figures of a year). MSH_E_EVIDENCE when the log does not
 * verify. */
typedef struct msh_sheet_job {
    const char *sheet;
    const char *release;  /* form: this one; NULL = all with a decision in the period */
    const char *period;   /* "2026-11" or "2026"; NULL = this month, this year; form: any time */
    const char *holidays; /* file (docs/reports.md); NULL = holidays in the state folder, if any */
    const char *output;   /* as in msh_scan_job */
} msh_sheet_job;
MSH_MUST_CHECK msh_err msh_report_sheet(const msh_options *options, const msh_sheet_job *job,
                                        msh_error *why);
/* Figures that no log knows, for the annual sheet, signed by who enters them. */
typedef struct msh_figures_job {
    const char *year, *by;
    const char *password;     /* of that person's keys; NULL = they have none */
    const char *const *pairs; /* "training=4" */
    size_t n_pairs;
} msh_figures_job;
MSH_MUST_CHECK msh_err msh_report_enter(const msh_options *options, const msh_figures_job *job,
                                        uint64_t *record, msh_error *why);
/* Names of such figures, i from 0; false past the end. */
bool msh_figure_get(size_t i, msh_lang lang, const char **name, const char **text);
/* Forms of report, i from 0; false past the end. */
bool msh_report_get(size_t i, msh_lang lang, const char **name, const char **text);

/* `mishen extract`: what a scan sees. format "text" or "ndjson". */
MSH_MUST_CHECK msh_err msh_extract_files(const msh_options *options, const char *const *files,
                                         size_t n, const char *format, int *exit_code,
                                         msh_error *why);

/* `mishen scan --explain`: for each text its lines as they are matched, the rules whose words stand
 * there, and why each is a finding or is none. Prints document text; touches no state and no log.
 */
MSH_MUST_CHECK msh_err msh_explain_files(const msh_options *options, const char *const *files,
                                         size_t n, int *exit_code, msh_error *why);

/* A release (一条信息) to approve in one step: body and attachments. */
typedef struct msh_approve_job {
    const char *const *files;
    size_t n_files;
    const char *root;     /* paths in the decision are relative to it; NULL = working folder */
    const char *title;    /* 信息名称 */
    const char *by;       /* who approves */
    const char *docno;    /* 文号 */
    const char *category; /* 类别 */
    const char *channel;
    const char *release;  /* id; NULL = made */
    const char *reason;   /* why files for REVIEW are approved all the same; NULL = they are not */
    const char *password; /* of the approver's keys; NULL = they have none */
} msh_approve_job;
MSH_MUST_CHECK msh_err msh_approve(const msh_options *options, const msh_approve_job *job,
                                   int *exit_code, msh_error *why);

/* May this folder be published? Compares with what was approved, scans what is unknown. */
typedef struct msh_gate_job {
    const char *folder;
    const char *format; /* "text" or "ndjson" */
} msh_gate_job;
MSH_MUST_CHECK msh_err msh_gate(const msh_options *options, const msh_gate_job *job, int *exit_code,
                                msh_error *why);

/* A site against all that is approved, both ways: not approved, changed, withdrawn but still there,
 * approved but absent. Scans nothing. */
MSH_MUST_CHECK msh_err msh_reconcile(const msh_options *options, const msh_gate_job *job,
                                     int *exit_code, msh_error *why);

/* Takes back what was approved in a release, as a signed decision. Files that stand in another
 * approved release stay approved. */
typedef struct msh_withdraw_job {
    const char *release;
    const char *by;       /* who takes it back */
    const char *reason;   /* may be NULL */
    const char *password; /* of that person's keys; NULL = they have none */
} msh_withdraw_job;
MSH_MUST_CHECK msh_err msh_withdraw(const msh_options *options, const msh_withdraw_job *job,
                                    int *exit_code, msh_error *why);

/* The signed list of approved files (audit-log.md section 7), whose text `cksum --strict -c` takes.
 * While the list stays the same, what is given is the same note, byte for byte. */
typedef struct msh_manifest_job {
    const char *folder;   /* list this folder's files, all of which must be approved as they stand
                           * (else told and refused as by msh_gate); NULL = all approved files */
    const char *scope;    /* where the list is valid, a name without blanks; NULL = "*" */
    const char *by;       /* who signs */
    const char *password; /* of the signer's keys; NULL = they have none */
    const char *output;   /* file; NULL = standard output */
} msh_manifest_job;
MSH_MUST_CHECK msh_err msh_manifest(const msh_options *options, const msh_manifest_job *job,
                                    int *exit_code, msh_error *why);

/* Copies a folder, all of whose files are approved as they stand (else told and refused as by
 * msh_gate, and nothing is copied), into another, each file whole or not at all; logs each. What
 * stands in `to` besides stays. */
typedef struct msh_publish_job {
    const char *folder;
    const char *to;     /* a folder that is there */
    const char *format; /* "text" or "ndjson" */
} msh_publish_job;
MSH_MUST_CHECK msh_err msh_publish(const msh_options *options, const msh_publish_job *job,
                                   int *exit_code, msh_error *why);

/* One line for each format: name, what is read, library, why absent. */
typedef struct msh_format_info {
    const char *name, *text, *suffixes, *library, *absent, *reads;
} msh_format_info;
size_t msh_format_count(void);
void msh_format_get(size_t i, msh_lang lang, msh_format_info *out);

/* `mishen doctor`: one call for each fact; level 0 fine, 1 worth knowing, 2 broken. */
MSH_MUST_CHECK msh_err msh_doctor(const msh_options *options,
                                  void (*fact)(void *ctx, int level, const char *name,
                                               const char *text),
                                  void *ctx, msh_error *why);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
