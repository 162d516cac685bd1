/* service.h: a scanner that stays: releases come as bytes in memory, several at once, from programs
 * that serve people or other programs (upload page, watched folder, clamd socket).
 *
 * Single-threaded: the caller waits for its own descriptors and for those of the service, and calls
 * msh_service_step. Nothing is told before its records are durable; no log, no verdict. */
#ifndef MISHEN_SERVICE_H
#define MISHEN_SERVICE_H

#include <mishen/rules.h>
#include <mishen/scan.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef struct msh_service msh_service;

/* Opens rules, workers, state and log, in this order: processes start before any key is in memory.
 * options are borrowed until the end. */
MSH_MUST_CHECK msh_err msh_service_open(const msh_options *options, msh_service **out,
                                        msh_error *why);
void msh_service_close(msh_service *s);

typedef struct msh_service_file {
    msh_view name; /* as it is shown and recorded; copied */
    int fd;        /* a regular file or memfd; a duplicate is taken */
    uint64_t size;
} msh_service_file;

typedef struct msh_service_item {
    msh_verdict verdict;
    uint64_t record; /* number of its item record in the log */
    uint64_t size;
    uint8_t sha256[32], sm3[32];
    bool name_masked; /* a rule hit in its name */
} msh_service_item;

/* What came of a job; lives as long as the callback runs. */
typedef struct msh_service_result {
    const char *run; /* "20261124T200132Z-1a2b3c4d" */
    msh_verdict verdict;
    const msh_run_summary *summary;
    const msh_service_item *items; /* in the order of the files */
    size_t n_items;
    msh_view report; /* as `scan --format ndjson` writes it */
} msh_service_result;

typedef struct msh_service_job {
    const msh_service_file *files;
    size_t n_files;   /* 1 … MSH_SERVICE_FILES */
    const char *root; /* recorded as the root of the run: "upload" */
    bool save;        /* keep the report in the state folder (runs/) */
    void (*done)(void *ctx, const msh_service_result *result);
    void *ctx;
} msh_service_job;
enum { MSH_SERVICE_FILES = 100 };

/* *id: to be forgotten by. */
MSH_MUST_CHECK msh_err msh_service_give(msh_service *s, const msh_service_job *job, uint64_t *id,
                                        msh_error *why);
/* Whoever asked is gone: the scan goes on and is recorded, nobody is told. */
void msh_service_forget(msh_service *s, uint64_t id);
/* Descriptors to wait for; *timeout_ms is lowered to when msh_service_step must be called in any
 * case. Returns how many, at most cap. */
size_t msh_service_descriptors(const msh_service *s, int *out, size_t cap, int *timeout_ms);
/* Everything that can be done without waiting. After an error the service can only be closed. */
MSH_MUST_CHECK msh_err msh_service_step(msh_service *s, msh_error *why);
/* Jobs that are not done. */
size_t msh_service_open_jobs(const msh_service *s);

/* One record, durable when it returns: type and body (a JSON object without document text). */
MSH_MUST_CHECK msh_err msh_service_record(msh_service *s, const char *type, msh_view body,
                                          msh_error *why);
/* Keyed digest of bytes that must not stand in a record as they are: 32 hex digits and a NUL. */
MSH_MUST_CHECK msh_err msh_service_token(msh_service *s, msh_view bytes, char out[33]);
const msh_rule_set *msh_service_rules(const msh_service *s);
/* The state folder in use. */
const char *msh_service_state(const msh_service *s);
/* What the workers' lock reached, as in reports. */
const char *msh_service_lock(const msh_service *s);
/* Origin and size of the log. */
const char *msh_service_log(const msh_service *s, uint64_t *size);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
