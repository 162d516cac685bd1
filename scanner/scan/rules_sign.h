/* rules_sign.h: signed rule packs. Beside a pack stands PACK.sig, a signed note (ledger/note.h)
 * over
 *
 *   mishen-rule-pack/v1 LF id ID LF version VERSION LF sha256 HEX LF
 *
 * where HEX is the digest that every verdict names: of the file and the lists it reads. Who may
 * sign stands in STATE/rules.keys, a key a line as `mishen rules sign` prints it. */
#ifndef MSH_SCAN_RULES_SIGN_H
#define MSH_SCAN_RULES_SIGN_H

#include "scan/rules_files.h"

/* What is signed. */
void msh_rules_note_text(msh_buf *out, msh_view id, msh_view version, const uint8_t sha256[32]);
/* A pack with a signature beside it: MSH_OK only when a key in force signed just this. Also when
 * there is no signature and none is needed. MSH_E_EVIDENCE otherwise. */
MSH_MUST_CHECK msh_err msh_rules_verify(const msh_options *o, const msh_pack_file *p,
                                        const msh_pack_info *info, msh_error *why);

#endif
