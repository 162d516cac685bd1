/* Tile files and proofs: against trees grown leaf by leaf, for every size; damage is never handed
 * on. */
#define _GNU_SOURCE
#include "logdir.h"

#include "base/view.h"
#include "ledger/batch.h"
#include "ledger/proof.h"

enum { SIZES = 600 };

static void leaf_of(uint64_t i, uint8_t out[32])
{
    uint8_t data[8];
    for (unsigned k = 0; k < 8; k++)
        data[k] = (uint8_t)(i >> (8 * k));
    REQUIRE(msh_sha256(msh_view_of(data, 8), out) == MSH_OK);
}

/* Roots of all sizes, by the one-by-one way. */
static uint8_t roots[SIZES + 1][32], leaves[SIZES][32];

static void make_roots(size_t profile)
{
    msh_hasher h;
    msh_tree t = {0};
    REQUIRE(msh_hasher_init(&h, msh_profile_at(profile)->digest) == MSH_OK);
    for (uint64_t i = 0; i < SIZES; i++) {
        uint8_t carry[32];
        unsigned level = 0;
        leaf_of(i, leaves[i]);
        memcpy(carry, leaves[i], 32);
        for (; t.size >> level & 1; level++)
            REQUIRE(msh_tree_node(&h, t.frontier[level], carry, carry) == MSH_OK);
        memcpy(t.frontier[level], carry, 32);
        t.size++;
        REQUIRE(msh_tree_root(&t, &h, roots[t.size]) == MSH_OK);
    }
    msh_hasher_dispose(&h);
}

/* Adding many at once, in parts of any length, gives the same roots. */
static void test_many(void)
{
    for (size_t profile = 0; profile < 2; profile++) {
        msh_hasher h;
        make_roots(profile);
        REQUIRE(msh_hasher_init(&h, msh_profile_at(profile)->digest) == MSH_OK);
        for (size_t step = 1; step < SIZES; step += 1 + step / 3) {
            msh_tree t = {0};
            while (t.size < SIZES) {
                uint8_t root[32];
                size_t k = SIZES - t.size < step ? (size_t)(SIZES - t.size) : step;
                REQUIRE(msh_tree_append_many(&t, &h, (const uint8_t(*)[32])leaves + t.size, k) ==
                        MSH_OK);
                REQUIRE(msh_tree_root(&t, &h, root) == MSH_OK);
                CHECK(memcmp(root, roots[t.size], 32) == 0);
            }
        }
        msh_hasher_dispose(&h);
    }
}

static void check_proofs(msh_tiles *t, uint64_t size, uint64_t step)
{
    uint8_t proof[MSH_PROOF_MAX][32];
    size_t n;
    for (uint64_t i = 0; i < size; i += step) {
        REQUIRE(msh_tiles_inclusion(t, i, size, proof, &n) == MSH_OK);
        CHECK_INT(msh_tree_check_inclusion(&t->hasher, i, size, leaves[i],
                                           msh_view_of(proof, n * 32), roots[size]),
                  MSH_OK);
        if (n) {
            proof[i % n][3] ^= 1;
            CHECK_INT(msh_tree_check_inclusion(&t->hasher, i, size, leaves[i],
                                               msh_view_of(proof, n * 32), roots[size]),
                      MSH_E_EVIDENCE);
        }
    }
    for (uint64_t old = 1; old <= size; old += step) {
        REQUIRE(msh_tiles_consistency(t, old, size, proof, &n) == MSH_OK);
        CHECK_INT(msh_tree_check_consistency(&t->hasher, old, size, roots[old], roots[size],
                                             msh_view_of(proof, n * 32)),
                  MSH_OK);
    }
}

static void test_proofs(void)
{
    for (size_t profile = 0; profile < 2; profile++) {
        msh_tiles t;
        logdir_fresh();
        make_roots(profile);
        REQUIRE(msh_tiles_open(&t, logdir, profile, NULL) == MSH_OK);
        for (uint64_t at = 0, k = 1; at < SIZES; at += k, k = k % 97 + 1) {
            if (k > SIZES - at)
                k = SIZES - at;
            REQUIRE(msh_tiles_append(&t, at, (const uint8_t(*)[32])leaves + at, (size_t)k) ==
                    MSH_OK);
        }
        for (uint64_t size = 1; size <= SIZES; size++) {
            msh_tree tree;
            uint8_t root[32];
            REQUIRE(msh_tiles_tree(&t, size, &tree) == MSH_OK);
            REQUIRE(msh_tree_root(&tree, &t.hasher, root) == MSH_OK);
            CHECK(memcmp(root, roots[size], 32) == 0);
            check_proofs(&t, size, 1 + size / 7);
        }
        uint8_t hash[32];
        msh_tree tree;
        CHECK_INT(msh_tiles_leaf(&t, SIZES, hash), MSH_E_SHORT);
        CHECK_INT(msh_tiles_tree(&t, SIZES + 1, &tree), MSH_E_SHORT);
        CHECK_INT(msh_tiles_append(&t, SIZES + 5, (const uint8_t(*)[32])leaves, 1), MSH_E_SHORT);
        msh_tiles_close(&t);
    }
}

static void write_log(int groups)
{
    msh_log *l;
    logdir_fresh();
    REQUIRE(msh_log_open(logdir, "test/host", &l, NULL) == MSH_OK);
    for (int i = 0; i < groups; i++)
        REQUIRE(logdir_commit(l, 100, NULL) == MSH_OK);
    msh_log_close(l);
}

static msh_err prove(size_t profile, uint64_t n, bool consistency)
{
    msh_buf b;
    msh_proof p;
    msh_buf_init(&b, 8192);
    msh_err err = consistency ? msh_proof_consistency(logdir, profile, n, &b, NULL)
                              : msh_proof_inclusion(logdir, profile, n, &b, NULL);
    if (err == MSH_OK) {
        CHECK_INT(msh_proof_read(msh_buf_view(&b), &p), MSH_OK);
        CHECK_INT(p.n, n);
        CHECK_INT(p.consistency, consistency);
        for (size_t cut = 1; cut < 60; cut++) /* never fewer lines than it needs */
            CHECK(msh_proof_read(msh_view_cut(msh_buf_view(&b), 0, cut), &p) != MSH_OK);
    }
    msh_buf_dispose(&b);
    return err;
}

/* A writer's tiles serve proofs; damaged or missing ones are found out and made anew. */
static void test_files(void)
{
    write_log(7);
    for (size_t profile = 0; profile < 2; profile++) {
        char name[32];
        for (uint64_t n = 0; n < 701; n += 50)
            CHECK_INT(prove(profile, n, false), MSH_OK);
        CHECK_INT(prove(profile, 701, false), MSH_E_USAGE);
        CHECK_INT(prove(profile, 0, true), MSH_E_USAGE);
        CHECK_INT(prove(profile, 300, true), MSH_OK);
        (void)snprintf(name, sizeof name, "%s/0.bin", msh_profile_at(profile)->tree);
        msh_buf b = logdir_read(name);
        CHECK_INT(b.len, 701 * 32);
        b.data[300 * 32] ^= 1;
        logdir_write(name, msh_buf_view(&b));
        CHECK_INT(prove(profile, 300, false), MSH_E_SHORT);
        REQUIRE(unlink(logdir_file(name)) == 0);
        CHECK_INT(prove(profile, 5, false), MSH_E_SHORT);
        CHECK_INT(msh_proof_rebuild(logdir, profile, NULL), MSH_OK);
        CHECK_INT(prove(profile, 300, false), MSH_OK);
        msh_buf_dispose(&b);
    }
}

int main(void)
{
    logdir_in_memory = true;
    RUN(test_many);
    RUN(test_proofs);
    RUN(test_files);
    logdir_remove_tree(logdir);
    return check_result();
}
