/* sip.h: SipHash-1-3, a short keyed hash: for tables, and for finding candidates quickly where who
 * wrote the text must not know which ones. No signature, no digest. */
#ifndef MSH_BASE_SIP_H
#define MSH_BASE_SIP_H

#include <mishen/types.h>

typedef struct msh_sip_key {
    uint64_t k0, k1;
} msh_sip_key;

uint64_t msh_sip(msh_sip_key key, msh_view v);

#endif
