/* many.c: one context for all messages; see sm3_many.c for the lanes. */
#include "crypto/many.h"

#include "base/err.h"
#include "crypto/digest.h"
#include "crypto/sha256_many.h"
#include "crypto/sm3_many.h"

msh_err msh_digest_many(unsigned which, const msh_view *in, size_t n, uint8_t (*out)[32])
{
    msh_digest *d;
    if (which == MSH_DIGEST_SM3) {
        msh_sm3_many(in, n, out);
        return MSH_OK;
    }
    if (msh_sha256_many_there()) {
        msh_sha256_many(in, n, out);
        return MSH_OK;
    }
    MSH_TRY(msh_digest_new(which, &d));
    msh_err err = MSH_OK;
    for (size_t i = 0; i < n && err == MSH_OK; i++) {
        err = i ? msh_digest_reset(d) : MSH_OK;
        if (err == MSH_OK)
            err = msh_digest_update(d, in[i]);
        if (err == MSH_OK)
            err = msh_digest_final(d, out[i], NULL);
    }
    msh_digest_free(d);
    return err;
}
