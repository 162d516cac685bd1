/* prove.h: what prove.c (gathering, bundle) and prove_sheet.c (words) share. */
#ifndef MSH_SCAN_PROVE_H
#define MSH_SCAN_PROVE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "ledger/store.h"
#include "scan/spot.h"
#include "scan/state.h"

#include <mishen/ledger.h>

enum { MSH_PROVED_MAX = 256 };

/* A record that the proof rests on. */
typedef struct msh_proved {
    uint64_t n;
    msh_view line, type, ts;
    const msh_json *body;
    const msh_json *decision; /* of a decision: what its note says, else NULL */
    msh_view note;            /* of a decision: the signed note */
} msh_proved;

typedef struct msh_prover {
    const msh_options *options;
    const msh_prove_file_job *job;
    char state[MSH_STATE_PATH], log[MSH_LOG_PATH], origin[MSH_LOG_ORIGIN + 1], now[MSH_UTC_SIZE];
    int64_t seconds; /* now, since 1970 */
    msh_arena arena;
    const char *rel; /* path below the root, as approved */
    msh_spot_hash hash;
    char sha256[65], sm3[65];
    msh_view release;                   /* id */
    msh_proved records[MSH_PROVED_MAX]; /* ascending */
    size_t n_records;
    uint64_t signer;             /* record that names the key of the checkpoint */
    msh_buf notes[MSH_PROFILES]; /* the checkpoints; empty where the log has no such tree */
    msh_checkpoint cps[MSH_PROFILES];
    msh_buf text, tar;
} msh_prover;

/* The entry of a decision that names this file with these bytes, NULL when there is none. */
const msh_json *msh_prover_entry(const msh_prover *p, const msh_json *decision);
/* The sheet for paper, with its QR code. */
void msh_prover_sheet(const msh_prover *p, msh_buf *out);
/* What to do with the bundle, and how to check it with openssl and Python alone. */
extern const char msh_prover_readme[];

#endif
