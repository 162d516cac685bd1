/* note.h: C2SP signed notes, the form of everything that is signed (audit-log.md sections 1, 4, 6).
 *
 *   text LF LF "— " name " " base64(keyid[4] || signature) LF …
 *
 * One strict parser, one verifier: exact separators, well-formed UTF-8, no control but LF, no
 * signature twice. */
#ifndef MSH_LEDGER_NOTE_H
#define MSH_LEDGER_NOTE_H

#include "crypto/sign.h"

enum {
    MSH_NOTE_SIGS = 16,
    MSH_NOTE_NAME = 255,
    MSH_NOTE_MAX = 1 << 20,
    MSH_NOTE_MANIFEST_MAX = 512 << 20 /* a list of more than a million files */
};

typedef struct msh_note_sig {
    msh_view name;
    uint8_t id[4];
    uint8_t signature[160];
    size_t len;
} msh_note_sig;

typedef struct msh_note {
    msh_view text; /* with its last LF; what is signed */
    msh_note_sig sigs[MSH_NOTE_SIGS];
    size_t n_sigs;
} msh_note;

/* A name with a key: "scan.dept.gov.cn/host1". */
typedef struct msh_note_key {
    char name[MSH_NOTE_NAME + 1];
    uint8_t id[4];
    msh_key *key;
    bool witness; /* its signatures are C2SP cosignature/v1, with a time */
} msh_note_key;

/* Not empty, UTF-8, no white space, no control, no '+'. */
bool msh_note_name_ok(msh_view name);
/* Takes the key over, also on failure. */
MSH_MUST_CHECK msh_err msh_note_key_init(msh_note_key *k, const char *name, msh_key *key);
/* The same for a witness: an Ed25519 key whose signatures carry the time (type 04). */
MSH_MUST_CHECK msh_err msh_note_key_init_witness(msh_note_key *k, const char *name, msh_key *key);
void msh_note_key_dispose(msh_note_key *k);
/* "name+hash+base64(type || public key)" and back. Reading checks the hash. */
void msh_note_key_write(const msh_note_key *k, msh_buf *out);
MSH_MUST_CHECK msh_err msh_note_key_read(msh_note_key *k, msh_view vkey);

/* All of v is one note. MSH_E_EVIDENCE when it is not exactly one. */
MSH_MUST_CHECK msh_err msh_note_read(msh_view v, msh_note *out);
/* The same with a ceiling of its own, for manifests alone: what comes from others and is no
 * manifest stays below MSH_NOTE_MAX. */
MSH_MUST_CHECK msh_err msh_note_read_most(msh_view v, size_t most, msh_note *out);
/* Text (ending in LF) with a signature of k, appended. */
MSH_MUST_CHECK msh_err msh_note_sign(msh_buf *out, msh_view text, const msh_note_key *k);
/* One more signature line over the same text, behind what msh_note_sign wrote. */
MSH_MUST_CHECK msh_err msh_note_sign_more(msh_buf *out, msh_view text, const msh_note_key *k);
/* MSH_OK only when a signature of this very key stands there and is good. */
MSH_MUST_CHECK msh_err msh_note_verify(const msh_note *n, const msh_note_key *k);
/* The same two for a witness: seconds since 1970. */
MSH_MUST_CHECK msh_err msh_note_cosign(msh_buf *out, msh_view text, const msh_note_key *k,
                                       uint64_t time);
MSH_MUST_CHECK msh_err msh_note_cosigned(const msh_note *n, const msh_note_key *k, uint64_t *time);

/* A checkpoint: origin, size, root, nothing else. */
typedef struct msh_checkpoint {
    uint64_t size;
    uint8_t root[32];
} msh_checkpoint;

void msh_checkpoint_text(msh_buf *out, const char *origin, uint64_t size, const uint8_t root[32]);
MSH_MUST_CHECK msh_err msh_checkpoint_read(msh_view text, const char *origin, msh_checkpoint *out);
/* The next note of a file of checkpoints, with exactly one signature and the separating LF; *at
 * moves behind it. MSH_E_EVIDENCE when what stands there is none. */
MSH_MUST_CHECK msh_err msh_checkpoint_next(msh_view file, size_t *at, msh_note *out);

#endif
