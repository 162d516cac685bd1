/* tree.h: an RFC 6962 Merkle tree that grows at its right edge: leaf H(00||d), node H(01||L||R).
 *
 * Only the frontier is kept: the hashes of the perfect subtrees that make up the tree, one for each
 * bit of the size. */
#ifndef MSH_LEDGER_TREE_H
#define MSH_LEDGER_TREE_H

#include "crypto/digest.h"

enum { MSH_HASH = 32, MSH_TREE_LEVELS = 64 };

typedef struct msh_tree {
    uint64_t size;
    uint8_t frontier[MSH_TREE_LEVELS][MSH_HASH]; /* valid where the bit of size is set */
} msh_tree;

/* Hashing of one algorithm; may be shared by trees of one thread. */
typedef struct msh_hasher {
    msh_digest *digest;
    unsigned which; /* MSH_DIGEST_SHA256 or MSH_DIGEST_SM3 */
} msh_hasher;

MSH_MUST_CHECK msh_err msh_hasher_init(msh_hasher *h, unsigned which);
void msh_hasher_dispose(msh_hasher *h);
MSH_MUST_CHECK msh_err msh_tree_leaf(msh_hasher *h, msh_view data, uint8_t out[MSH_HASH]);
MSH_MUST_CHECK msh_err msh_tree_node(msh_hasher *h, const uint8_t left[MSH_HASH],
                                     const uint8_t right[MSH_HASH], uint8_t out[MSH_HASH]);
/* Add a leaf (its data). */
MSH_MUST_CHECK msh_err msh_tree_append(msh_tree *t, msh_hasher *h, msh_view data);
/* Hashes of n leaves; each view's data must be preceded by a byte of room that may be written to
 * (it becomes the 00 of the leaf). Needs no hasher, so that several threads may do it. */
MSH_MUST_CHECK msh_err msh_tree_leaves(unsigned which, const msh_view *lines, size_t n,
                                       uint8_t (*out)[MSH_HASH]);
/* Roots of pairs, (in[0],in[1]), …, into out, which may be in. */
MSH_MUST_CHECK msh_err msh_tree_pairs(unsigned which, const uint8_t (*in)[MSH_HASH], size_t pairs,
                                      uint8_t (*out)[MSH_HASH]);
/* Add n leaves by their hashes. */
MSH_MUST_CHECK msh_err msh_tree_append_many(msh_tree *t, msh_hasher *h,
                                            const uint8_t (*leaves)[MSH_HASH], size_t n);
/* The root; of an empty tree H(""). */
MSH_MUST_CHECK msh_err msh_tree_root(const msh_tree *t, msh_hasher *h, uint8_t out[MSH_HASH]);

/* Proofs (RFC 9162 sections 2.1.3.2 and 2.1.4.2), hashes of 32 bytes one after another. MSH_OK only
 * when the proof holds, MSH_E_EVIDENCE when it does not. */
MSH_MUST_CHECK msh_err msh_tree_check_inclusion(msh_hasher *h, uint64_t index, uint64_t size,
                                                const uint8_t leaf[MSH_HASH], msh_view proof,
                                                const uint8_t root[MSH_HASH]);
MSH_MUST_CHECK msh_err msh_tree_check_consistency(msh_hasher *h, uint64_t size1, uint64_t size2,
                                                  const uint8_t root1[MSH_HASH],
                                                  const uint8_t root2[MSH_HASH], msh_view proof);

#endif
