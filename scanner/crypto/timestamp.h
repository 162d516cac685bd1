/* timestamp.h: RFC 3161 time stamps over SHA-256: the request, and the check of an answer. */
#ifndef MSH_CRYPTO_TIMESTAMP_H
#define MSH_CRYPTO_TIMESTAMP_H

#include "base/buf.h"

/* A TimeStampReq (DER) for these bytes, with certReq and without nonce: the answer is for the
 * bytes, whoever asked. Appended. */
MSH_MUST_CHECK msh_err msh_timestamp_request(msh_view data, msh_buf *out);
/* Whether a TimeStampResp (DER) is granted, for exactly these bytes, and signed by a certificate
 * for time stamping that a certificate of the PEM file `ca` vouches for. *time: seconds since 1970.
 * MSH_E_EVIDENCE when it is not; MSH_E_OPEN when `ca` cannot be read. */
MSH_MUST_CHECK msh_err msh_timestamp_check(msh_view response, msh_view data, const char *ca,
                                           int64_t *time);

#endif
