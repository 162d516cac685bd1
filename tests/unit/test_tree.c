/* Merkle trees and proofs against published roots and probes (RFC 6962, transparency-dev/merkle).
 */
#include "vectors.h"

#include "base/base64.h"
#include "ledger/tree.h"

static void hex_of(const uint8_t h[32], char out[65])
{
    msh_hex32(h, out);
}

static void test_roots(void)
{
    msh_arena a;
    const msh_json *j = vectors_open(&a, "rfc6962_merkle.json");
    const msh_json *root = j ? msh_json_get(j, "root_hashes_by_size_hex")->child : NULL;
    const msh_json *leaf = j ? msh_json_get(j, "leaf_inputs_hex")->child : NULL;
    msh_tree t = {0};
    msh_hasher h;
    int n = 0;
    REQUIRE(msh_hasher_init(&h, MSH_DIGEST_SHA256) == MSH_OK);
    for (; root; root = root->next, n++) {
        uint8_t got[32], data[64];
        char hex[65];
        REQUIRE(msh_tree_root(&t, &h, got) == MSH_OK);
        hex_of(got, hex);
        CHECK_VIEW(msh_view_str(hex), msh_json_text(root));
        if (!leaf)
            continue;
        size_t len = vectors_hex(msh_json_text(leaf), data, sizeof data);
        REQUIRE(msh_tree_append(&t, &h, msh_view_of(data, len)) == MSH_OK);
        leaf = leaf->next;
    }
    CHECK(!j || n == 9);
    msh_hasher_dispose(&h);
    msh_arena_dispose(&a);
}

/* A hash is 32 bytes; anything else is refused before it comes near a proof. (Some probes have
 * words for roots: they are padded.) */
static bool hash_of(msh_view text, uint8_t out[32])
{
    size_t n = 0;
    memset(out, 0, 32);
    return msh_base64_read(text, out, 32, &n) == MSH_OK && (n == 32 || n == 12);
}

static bool proof_of(const msh_json *j, uint8_t *out, size_t cap, size_t *n)
{
    const msh_json *list = msh_json_get(j, "proof");
    for (const msh_json *p = list ? list->child : NULL; p; p = p->next) {
        REQUIRE(*n + 32 <= cap);
        if (!hash_of(msh_json_text(p), out + *n))
            return false;
        *n += 32;
    }
    return true;
}

static uint64_t number(const msh_json *p, const char *key)
{
    return (uint64_t)msh_json_int(msh_json_get(p, key), -1);
}

static msh_err run_probe(msh_hasher *h, const msh_json *p, bool inclusion)
{
    static uint8_t proof[200 * 32];
    uint8_t one[32], two[32];
    size_t n = 0;
    if (!proof_of(p, proof, sizeof proof, &n) ||
        !hash_of(vectors_text(p, inclusion ? "leafHash" : "root1"), one) ||
        !hash_of(vectors_text(p, inclusion ? "root" : "root2"), two))
        return MSH_E_EVIDENCE;
    if (inclusion)
        return msh_tree_check_inclusion(h, number(p, "leafIdx"), number(p, "treeSize"), one,
                                        msh_view_of(proof, n), two);
    return msh_tree_check_consistency(h, number(p, "size1"), number(p, "size2"), one, two,
                                      msh_view_of(proof, n));
}

static void probes(const char *file, bool inclusion)
{
    msh_arena a;
    msh_hasher h;
    int n = 0;
    const msh_json *j = vectors_open(&a, file);
    REQUIRE(msh_hasher_init(&h, MSH_DIGEST_SHA256) == MSH_OK);
    for (const msh_json *p = j ? msh_json_get(j, "probes")->child : NULL; p; p = p->next, n++) {
        bool bad = msh_json_get(p, "wantErr")->type == MSH_JSON_TRUE;
        msh_err err = run_probe(&h, p, inclusion);
        if ((err != MSH_OK) != bad)
            printf("probe %.*s\n", (int)vectors_text(p, "desc").len,
                   (const char *)vectors_text(p, "desc").data);
        CHECK_INT(err, bad ? MSH_E_EVIDENCE : MSH_OK);
    }
    printf("%s: %d probes\n", file, n);
    msh_hasher_dispose(&h);
    msh_arena_dispose(&a);
}

static void test_inclusion(void)
{
    probes("rfc6962_inclusion_probes.json", true);
}

static void test_consistency(void)
{
    probes("rfc6962_consistency_probes.json", false);
}

/* Root by the definition, as the oracle of the frontier: MTH of leaves [from, to). */
static void definition(msh_hasher *h, uint64_t from, uint64_t to, uint8_t out[32])
{
    uint8_t left[32], right[32], data = (uint8_t)from;
    uint64_t k = 1;
    if (to - from == 1) {
        REQUIRE(msh_tree_leaf(h, msh_view_of(&data, 1), out) == MSH_OK);
        return;
    }
    while (k * 2 < to - from)
        k *= 2;
    definition(h, from, from + k, left);
    definition(h, from + k, to, right);
    REQUIRE(msh_tree_node(h, left, right, out) == MSH_OK);
}

static void test_definition(void)
{
    static const unsigned digests[] = {MSH_DIGEST_SHA256, MSH_DIGEST_SM3};
    for (size_t d = 0; d < 2; d++) {
        msh_tree t = {0};
        msh_hasher h;
        REQUIRE(msh_hasher_init(&h, digests[d]) == MSH_OK);
        for (uint64_t i = 0; i < 130; i++) {
            uint8_t data = (uint8_t)i, got[32], want[32];
            REQUIRE(msh_tree_append(&t, &h, msh_view_of(&data, 1)) == MSH_OK);
            REQUIRE(msh_tree_root(&t, &h, got) == MSH_OK);
            definition(&h, 0, i + 1, want);
            CHECK(memcmp(got, want, 32) == 0);
        }
        msh_hasher_dispose(&h);
    }
}

int main(void)
{
    RUN(test_roots);
    RUN(test_inclusion);
    RUN(test_consistency);
    RUN(test_definition);
    return check_result();
}
