/* tree.c: RFC 6962 section 2.1 with a frontier, and the checking of proofs (RFC 9162). Refuses
 * proofs that are too long, too short or for impossible sizes. */
#include "ledger/tree.h"

#include "base/err.h"
#include "base/view.h"
#include "crypto/many.h"

enum { PAIRS = 256 }; /* hashed in one call */

msh_err msh_hasher_init(msh_hasher *h, unsigned which)
{
    h->which = which;
    return msh_digest_new(which, &h->digest);
}

void msh_hasher_dispose(msh_hasher *h)
{
    msh_digest_free(h->digest);
    h->digest = NULL;
}

static msh_err hash(msh_hasher *h, uint8_t prefix, msh_view data, uint8_t out[MSH_HASH])
{
    MSH_TRY(msh_digest_reset(h->digest));
    MSH_TRY(msh_digest_update(h->digest, msh_view_of(&prefix, 1)));
    MSH_TRY(msh_digest_update(h->digest, data));
    bool sm3 = h->which == MSH_DIGEST_SM3;
    return msh_digest_final(h->digest, sm3 ? NULL : out, sm3 ? out : NULL);
}

msh_err msh_tree_leaf(msh_hasher *h, msh_view data, uint8_t out[MSH_HASH])
{
    return hash(h, 0, data, out);
}

msh_err msh_tree_node(msh_hasher *h, const uint8_t left[MSH_HASH], const uint8_t right[MSH_HASH],
                      uint8_t out[MSH_HASH])
{
    uint8_t both[2 * MSH_HASH];
    memcpy(both, left, MSH_HASH);
    memcpy(both + MSH_HASH, right, MSH_HASH);
    return hash(h, 1, msh_view_of(both, sizeof both), out);
}

msh_err msh_tree_append(msh_tree *t, msh_hasher *h, msh_view data)
{
    uint8_t carry[MSH_HASH];
    unsigned level = 0;
    MSH_TRY(msh_tree_leaf(h, data, carry));
    for (; t->size >> level & 1; level++)
        MSH_TRY(msh_tree_node(h, t->frontier[level], carry, carry));
    memcpy(t->frontier[level], carry, MSH_HASH);
    t->size++;
    return MSH_OK;
}

msh_err msh_tree_leaves(unsigned which, const msh_view *lines, size_t n, uint8_t (*out)[MSH_HASH])
{
    msh_view in[PAIRS];
    for (size_t from = 0; from < n; from += PAIRS) {
        size_t k = n - from < PAIRS ? n - from : PAIRS;
        for (size_t i = 0; i < k; i++) {
            uint8_t *room = (uint8_t *)(uintptr_t)lines[from + i].data - 1;
            *room = 0;
            in[i] = msh_view_of(room, lines[from + i].len + 1);
        }
        MSH_TRY(msh_digest_many(which, in, k, out + from));
    }
    return MSH_OK;
}

msh_err msh_tree_pairs(unsigned which, const uint8_t (*in)[MSH_HASH], size_t pairs,
                       uint8_t (*out)[MSH_HASH])
{
    uint8_t nodes[PAIRS][1 + 2 * MSH_HASH];
    msh_view views[PAIRS];
    for (size_t from = 0; from < pairs; from += PAIRS) {
        size_t k = pairs - from < PAIRS ? pairs - from : PAIRS;
        for (size_t i = 0; i < k; i++) {
            nodes[i][0] = 1;
            memcpy(nodes[i] + 1, in[2 * (from + i)], (size_t)2 * MSH_HASH);
            views[i] = msh_view_of(nodes[i], sizeof nodes[i]);
        }
        MSH_TRY(msh_digest_many(which, views, k, out + from));
    }
    return MSH_OK;
}

/* Level by level: what is odd at a level joins the frontier there. `level` holds one hash more than
 * the leaves, for the one that waited. */
static msh_err append_some(msh_tree *t, msh_hasher *h, const uint8_t (*leaves)[MSH_HASH], size_t n)
{
    uint8_t level[2 * PAIRS + 1][MSH_HASH];
    size_t have = n;
    memcpy(level[1], leaves, n * MSH_HASH);
    for (unsigned i = 0; have > 0 && i < MSH_TREE_LEVELS; i++) {
        size_t first = 1;
        if (t->size >> i & 1) {
            memcpy(level[0], t->frontier[i], MSH_HASH);
            first = 0;
            have++;
        }
        if (have & 1)
            memcpy(t->frontier[i], level[first + have - 1], MSH_HASH);
        have /= 2;
        MSH_TRY(
            msh_tree_pairs(h->which, (const uint8_t(*)[MSH_HASH])level + first, have, level + 1));
    }
    t->size += n;
    return MSH_OK;
}

msh_err msh_tree_append_many(msh_tree *t, msh_hasher *h, const uint8_t (*leaves)[MSH_HASH],
                             size_t n)
{
    for (size_t from = 0; from < n; from += (size_t)2 * PAIRS) {
        size_t k = n - from < (size_t)2 * PAIRS ? n - from : (size_t)2 * PAIRS;
        MSH_TRY(append_some(t, h, leaves + from, k));
    }
    return MSH_OK;
}

msh_err msh_tree_root(const msh_tree *t, msh_hasher *h, uint8_t out[MSH_HASH])
{
    if (t->size == 0) {
        bool sm3 = h->which == MSH_DIGEST_SM3;
        return sm3 ? msh_sm3((msh_view){NULL, 0}, out) : msh_sha256((msh_view){NULL, 0}, out);
    }
    unsigned level = (unsigned)__builtin_ctzll(t->size);
    memcpy(out, t->frontier[level], MSH_HASH);
    for (level++; level < MSH_TREE_LEVELS; level++)
        if (t->size >> level & 1)
            MSH_TRY(msh_tree_node(h, t->frontier[level], out, out));
    return MSH_OK;
}

static msh_err same(const uint8_t a[MSH_HASH], const uint8_t b[MSH_HASH])
{
    return memcmp(a, b, MSH_HASH) == 0 ? MSH_OK : MSH_E_EVIDENCE;
}

msh_err msh_tree_check_inclusion(msh_hasher *h, uint64_t index, uint64_t size,
                                 const uint8_t leaf[MSH_HASH], msh_view proof,
                                 const uint8_t root[MSH_HASH])
{
    uint8_t r[MSH_HASH];
    if (index >= size || proof.len % MSH_HASH != 0)
        return MSH_E_EVIDENCE;
    uint64_t fn = index, sn = size - 1;
    memcpy(r, leaf, MSH_HASH);
    for (size_t at = 0; at < proof.len; at += MSH_HASH) {
        const uint8_t *p = proof.data + at;
        if (sn == 0)
            return MSH_E_EVIDENCE;
        if ((fn & 1) || fn == sn) {
            MSH_TRY(msh_tree_node(h, p, r, r));
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            MSH_TRY(msh_tree_node(h, r, p, r));
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 ? same(r, root) : MSH_E_EVIDENCE;
}

/* Both roots from the path, RFC 9162 section 2.1.4.2 steps 4–6. */
static msh_err fold_consistency(msh_hasher *h, uint64_t fn, uint64_t sn, msh_view path,
                                uint8_t fr[MSH_HASH], uint8_t sr[MSH_HASH])
{
    memcpy(fr, path.data, MSH_HASH);
    memcpy(sr, path.data, MSH_HASH);
    for (size_t at = MSH_HASH; at < path.len; at += MSH_HASH) {
        const uint8_t *c = path.data + at;
        if (sn == 0)
            return MSH_E_EVIDENCE;
        if ((fn & 1) || fn == sn) {
            MSH_TRY(msh_tree_node(h, c, fr, fr));
            MSH_TRY(msh_tree_node(h, c, sr, sr));
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            MSH_TRY(msh_tree_node(h, sr, c, sr));
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 ? MSH_OK : MSH_E_EVIDENCE;
}

msh_err msh_tree_check_consistency(msh_hasher *h, uint64_t size1, uint64_t size2,
                                   const uint8_t root1[MSH_HASH], const uint8_t root2[MSH_HASH],
                                   msh_view proof)
{
    uint8_t path[(MSH_TREE_LEVELS + 2) * MSH_HASH], fr[MSH_HASH], sr[MSH_HASH];
    if (size1 == 0 || size1 > size2 || proof.len % MSH_HASH != 0 ||
        proof.len > MSH_TREE_LEVELS * MSH_HASH)
        return MSH_E_EVIDENCE;
    if (size1 == size2)
        return proof.len == 0 ? same(root1, root2) : MSH_E_EVIDENCE;
    if (proof.len == 0)
        return MSH_E_EVIDENCE;
    bool power = (size1 & (size1 - 1)) == 0;
    size_t n = power ? MSH_HASH : 0;
    if (power)
        memcpy(path, root1, MSH_HASH);
    memcpy(path + n, proof.data, proof.len);
    uint64_t fn = size1 - 1, sn = size2 - 1;
    for (; fn & 1; fn >>= 1)
        sn >>= 1;
    MSH_TRY(fold_consistency(h, fn, sn, msh_view_of(path, n + proof.len), fr, sr));
    MSH_TRY(same(fr, root1));
    return same(sr, root2);
}
