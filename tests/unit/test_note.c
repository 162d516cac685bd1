/* Signed notes, keys of notes and checkpoints: published vectors, and every small change refused.
 */
#include "vectors.h"

#include "base/base64.h"
#include "base/mem.h"
#include "ledger/canon.h"
#include "ledger/note.h"
#include "ledger/path.h"
#include "ledger/record.h"
#include "ledger/tree.h"

static msh_err verify(msh_view text, const msh_note_key *k)
{
    msh_note n;
    msh_err err = msh_note_read(text, &n);
    return err == MSH_OK ? msh_note_verify(&n, k) : err;
}

/* Every substring of a key, and every key with one byte changed, is refused. */
static void damage_key(msh_view vkey)
{
    msh_note_key k;
    uint8_t copy[400];
    REQUIRE(vkey.len < sizeof copy);
    for (size_t from = 0; from < vkey.len; from++)
        for (size_t len = 0; from + len <= vkey.len; len++)
            if (len < vkey.len)
                CHECK_INT(msh_note_key_read(&k, msh_view_cut(vkey, from, len)), MSH_E_EVIDENCE);
    for (size_t i = 0; i < vkey.len; i++) {
        memcpy(copy, vkey.data, vkey.len);
        copy[i]++;
        CHECK_INT(msh_note_key_read(&k, msh_view_of(copy, vkey.len)), MSH_E_EVIDENCE);
    }
}

static void test_vectors(void)
{
    msh_arena a;
    const msh_json *j = vectors_open(&a, "signed_note.json");
    for (const msh_json *v = j ? msh_json_get(j, "valid")->child : NULL; v; v = v->next) {
        msh_note_key k;
        msh_buf again;
        REQUIRE(msh_note_key_read(&k, vectors_text(v, "vkey")) == MSH_OK);
        msh_buf_init(&again, 1024);
        msh_note_key_write(&k, &again);
        CHECK_VIEW(msh_buf_view(&again), vectors_text(v, "vkey"));
        CHECK_INT(verify(vectors_text(v, "note"), &k), MSH_OK);
        if (msh_json_get(v, "note_two_signatures"))
            CHECK_INT(verify(vectors_text(v, "note_two_signatures"), &k), MSH_OK);
        damage_key(vectors_text(v, "vkey"));
        msh_buf_dispose(&again);
        msh_note_key_dispose(&k);
    }
    for (const msh_json *v = j ? msh_json_get(j, "invalid_vkeys")->child : NULL; v; v = v->next) {
        msh_note_key k;
        CHECK_INT(msh_note_key_read(&k, msh_json_text(v)), MSH_E_EVIDENCE);
    }
    msh_arena_dispose(&a);
}

/* The prototype's log: each record is canonical, each checkpoint verifies with its root. */
static void golden_log(const msh_json *j, const char *profile, unsigned digest,
                       uint64_t first_key_to)
{
    msh_note_key k;
    msh_hasher h;
    msh_tree t = {0};
    const msh_json *part = msh_json_get(j, profile);
    msh_view cps = vectors_text(part, "checkpoints");
    size_t at = 0;
    REQUIRE(msh_note_key_read(&k, vectors_text(part, "vkey")) == MSH_OK);
    REQUIRE(msh_hasher_init(&h, digest) == MSH_OK);
    for (const msh_json *r = msh_json_get(part, "records")->child; r; r = r->next) {
        msh_record rec;
        msh_note note;
        msh_checkpoint cp;
        uint8_t root[32];
        CHECK_INT(msh_record_read(msh_json_text(r), &rec), MSH_OK);
        CHECK_INT(rec.n, t.size);
        REQUIRE(msh_tree_append(&t, &h, msh_json_text(r)) == MSH_OK);
        REQUIRE(msh_checkpoint_next(cps, &at, &note) == MSH_OK);
        CHECK_INT(msh_note_verify(&note, &k), t.size <= first_key_to ? MSH_OK : MSH_E_EVIDENCE);
        REQUIRE(msh_checkpoint_read(note.text, k.name, &cp) == MSH_OK);
        REQUIRE(msh_tree_root(&t, &h, root) == MSH_OK);
        CHECK_INT(cp.size, t.size);
        CHECK(memcmp(cp.root, root, 32) == 0);
    }
    CHECK_INT(at, cps.len);
    msh_hasher_dispose(&h);
    msh_note_key_dispose(&k);
}

static void test_golden(void)
{
    msh_arena a;
    const msh_json *j = vectors_open(&a, "prototype_golden.json");
    if (j) {
        golden_log(j, "ed25519", MSH_DIGEST_SHA256, 4); /* record 3 names the next key */
        golden_log(j, "sm2_sm3", MSH_DIGEST_SM3, UINT64_MAX);
        const msh_json *m = msh_json_get(j, "manifest");
        msh_note_key k;
        REQUIRE(msh_note_key_read(&k, vectors_text(m, "vkey")) == MSH_OK);
        CHECK_INT(verify(vectors_text(m, "note"), &k), MSH_OK);
        msh_note_key_dispose(&k);
    }
    msh_arena_dispose(&a);
}

static void make_note(msh_buf *out, msh_note_key *k, msh_key_alg alg, const char *name)
{
    msh_key *key;
    msh_buf text;
    uint8_t root[32] = {1, 2, 3};
    msh_buf_init(&text, 4096);
    msh_buf_init(out, 4096);
    REQUIRE(msh_key_generate(alg, &key) == MSH_OK);
    REQUIRE(msh_note_key_init(k, name, key) == MSH_OK);
    msh_checkpoint_text(&text, name, 42, root);
    REQUIRE(msh_note_sign(out, msh_buf_view(&text), k) == MSH_OK);
    msh_buf_dispose(&text);
}

/* Any byte changed, dropped, doubled; any line feed put in: refused. */
static void damage_note(msh_key_alg alg)
{
    msh_note_key k;
    msh_buf b;
    make_note(&b, &k, alg, "a.gov.cn/主机");
    CHECK_INT(verify(msh_buf_view(&b), &k), MSH_OK);
    uint8_t *copy = msh_alloc(b.len + 1);
    REQUIRE(copy);
    for (size_t i = 0; i <= b.len; i++) {
        memcpy(copy, b.data, i);
        memcpy(copy + i + 1, b.data + i, b.len - i);
        copy[i] = '\n';
        CHECK(verify(msh_view_of(copy, b.len + 1), &k) != MSH_OK);
        copy[i] = ' ';
        CHECK(verify(msh_view_of(copy, b.len + 1), &k) != MSH_OK);
        CHECK(i == b.len || verify(msh_view_of(b.data, i), &k) != MSH_OK);
        for (int bit = 0; bit < 8 && i < b.len; bit++) {
            memcpy(copy, b.data, b.len);
            copy[i] ^= (uint8_t)(1u << bit);
            CHECK(verify(msh_view_of(copy, b.len), &k) != MSH_OK);
        }
    }
    msh_free(copy);
    msh_buf_dispose(&b);
    msh_note_key_dispose(&k);
}

static void test_damage(void)
{
    damage_note(MSH_KEY_ED25519);
    damage_note(MSH_KEY_SM2);
}

static void test_names(void)
{
    static const char *const bad[] = {"",
                                      "a b",
                                      "a+b",
                                      "a\tb",
                                      "a\nb",
                                      "a\xc2\xa0"
                                      "b",
                                      "a\xe3\x80\x80"
                                      "b",
                                      "\xff",
                                      "a\xe2\x80\x83"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(!msh_note_name_ok(msh_view_str(bad[i])));
    CHECK(msh_note_name_ok(MSH_VIEW("张三")));
    CHECK(msh_note_name_ok(MSH_VIEW("scan.dept.gov.cn/host1")));
}

static void test_checkpoint_text(void)
{
    static const char *const bad[] = {
        "o\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "o\n05\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "o\n-5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "o\n5 \nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "o\n\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "o\n5\nAAAA\n",
        "o\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nmore\n",
        "p\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "o\n9007199254740992\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
    };
    msh_checkpoint cp;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_INT(msh_checkpoint_read(msh_view_str(bad[i]), "o", &cp), MSH_E_EVIDENCE);
    CHECK_INT(msh_checkpoint_read(MSH_VIEW("o\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"),
                                  "o", &cp),
              MSH_OK);
    CHECK_INT(cp.size, 5);
}

static void test_records(void)
{
#define TAIL ",\"n\":7,\"ts\":\"2026-11-22T09:49:58.896451Z\",\"ty\":\"item\",\"v\":1}"
    static const struct {
        const char *line;
        bool good;
    } rows[] = {
        {"{\"b\":{}" TAIL, true},
        {"{\"b\":{\"a\":[1,true,null,{\"x\":\"中\"}]}" TAIL, true},
        {"{\"b\":{\"a\":1,\"b\":2}" TAIL, true},
        {"{\"b\":{\"\\n\":1,\"a\":2}" TAIL, true},
        {"{\"b\":{\"a\":2,\"\\n\":1}" TAIL, false},
        {"{\"b\":{\"b\":1,\"a\":2}" TAIL, false},
        {"{\"b\":{\"a\":1,\"a\":2}" TAIL, false},
        {"{\"b\":{\"a\":1.0}" TAIL, false},
        {"{\"b\":{\"a\":-1}" TAIL, false},
        {"{\"b\":{\"a\":01}" TAIL, false},
        {"{\"b\":{\"a\":9007199254740992}" TAIL, false},
        {"{\"b\":{\"a\":\"\\u0041\"}" TAIL, false},
        {"{\"b\":{\"a\":\"\\/\"}" TAIL, false},
        {"{\"b\":{\"a\":\"\\u000a\"}" TAIL, false},
        {"{\"b\":{\"a\":\"\\u001F\"}" TAIL, false},
        {"{\"b\":{\"a\":\"\\u001f\"}" TAIL, true},
        {"{\"b\":{\"a\":\"\\u0000\"}" TAIL, false},
        {"{\"b\":[]" TAIL, false},
        {"{\"b\": {}" TAIL, false},
        {"{\"b\":{}" TAIL " ", false},
        {"{\"b\":{}" TAIL "\r", false},
        {"{\"b\":{},\"n\":07,\"ts\":\"2026-11-22T09:49:58.896451Z\",\"ty\":\"item\",\"v\":1}",
         false},
        {"{\"b\":{},\"n\":7,\"ts\":\"2026-11-22T09:49:58Z\",\"ty\":\"item\",\"v\":1}", false},
        {"{\"b\":{},\"n\":7,\"ts\":\"2026-11-22T09:49:58.896451Z\",\"ty\":\"Item\",\"v\":1}",
         false},
        {"{\"b\":{},\"n\":7,\"ts\":\"2026-11-22T09:49:58.896451Z\",\"ty\":\"item\",\"v\":2}",
         false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        msh_record r;
        msh_err err = msh_record_read(msh_view_str(rows[i].line), &r);
        if ((err == MSH_OK) != rows[i].good)
            printf("row %zu: %s\n", i, rows[i].line);
        CHECK_INT(err, rows[i].good ? MSH_OK : MSH_E_EVIDENCE);
        CHECK(err != MSH_OK || r.n == 7);
    }
}

static void test_paths(void)
{
    static const char *const good[] = {"a", "a/b.txt", "公告/2026/通知 (1).docx", "a..b/.c", "é"};
    static const char *const bad[] = {"",
                                      "/a",
                                      "a/",
                                      "a//b",
                                      ".",
                                      "..",
                                      "a/./b",
                                      "a/../b",
                                      "a\nb",
                                      "a\x1b[31m",
                                      "e\xcc\x81",
                                      "a\xe2\x80\xae"
                                      "b",
                                      "a\\b",
                                      "\xff",
                                      "a\xef\xbb\xbf",
                                      "\xe2\x84\xab",
                                      "\xef\xa4\x80"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        CHECK(msh_path_is_plain(msh_view_str(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(!msh_path_is_plain(msh_view_str(bad[i])));
}

/* A witness signs with a time, and only so; a key of another kind, another time, no time: refused.
 */
static void test_witness(void)
{
    msh_key *key;
    msh_note_key w, k;
    msh_buf note, b, vkey;
    msh_note n;
    uint64_t time;
    make_note(&note, &k, MSH_KEY_ED25519, "test/host");
    msh_view text = msh_view_cut(msh_buf_view(&note), 0,
                                 msh_view_find(msh_buf_view(&note), MSH_VIEW("\n\n"), 0) + 1);
    REQUIRE(msh_key_generate(MSH_KEY_ED25519, &key) == MSH_OK);
    REQUIRE(msh_note_key_init_witness(&w, "w", key) == MSH_OK);
    msh_buf_init(&b, 4096);
    msh_buf_init(&vkey, 4096);
    CHECK_INT(msh_note_cosign(&b, text, &k, 1), MSH_E_USAGE);
    CHECK_INT(msh_note_sign_more(&b, text, &w), MSH_E_USAGE);
    msh_buf_put_view(&b, msh_buf_view(&note));
    CHECK_INT(msh_note_cosign(&b, text, &w, 1763800000), MSH_OK);
    CHECK_INT(msh_note_read(msh_buf_view(&b), &n), MSH_OK);
    CHECK_INT(msh_note_cosigned(&n, &w, &time), MSH_OK);
    CHECK_INT(time, 1763800000);
    CHECK_INT(msh_note_verify(&n, &k), MSH_OK);
    CHECK_INT(msh_note_verify(&n, &w), MSH_E_EVIDENCE);
    CHECK_INT(msh_note_cosigned(&n, &k, &time), MSH_E_EVIDENCE);
    n.sigs[1].signature[7]++; /* a second later */
    CHECK(msh_note_cosigned(&n, &w, &time) != MSH_OK);
    n.sigs[1].signature[0] = 0x80; /* a time that is none */
    CHECK(msh_note_cosigned(&n, &w, &time) != MSH_OK);
    n.sigs[1].len--;
    CHECK_INT(msh_note_cosigned(&n, &w, &time), MSH_E_EVIDENCE);
    n.n_sigs = 1;
    CHECK_INT(msh_note_cosigned(&n, &w, &time), MSH_E_EVIDENCE);
    /* written and read again it is a witness still */
    msh_note_key_write(&w, &vkey);
    msh_note_key again;
    CHECK_INT(msh_note_key_read(&again, msh_buf_view(&vkey)), MSH_OK);
    CHECK(again.witness);
    msh_note_key_dispose(&again);
    /* full buffers */
    msh_buf tiny;
    msh_buf_init(&tiny, 8);
    CHECK(msh_note_cosign(&tiny, text, &w, 1) != MSH_OK);
    msh_buf_dispose(&tiny);
    uint8_t *huge = msh_calloc(1, MSH_NOTE_MAX);
    REQUIRE(huge);
    memset(huge, 'x', MSH_NOTE_MAX);
    CHECK(msh_note_cosign(&b, msh_view_of(huge, MSH_NOTE_MAX), &w, 1) != MSH_OK);
    msh_free(huge);
    REQUIRE(msh_key_generate(MSH_KEY_SM2, &key) == MSH_OK);
    CHECK_INT(msh_note_key_init_witness(&again, "w", key), MSH_E_EVIDENCE);
    msh_note_key_dispose(&w);
    msh_note_key_dispose(&k);
    msh_buf_dispose(&note);
    msh_buf_dispose(&b);
    msh_buf_dispose(&vkey);
}

/* What is signed ends in a line and holds no control; notes have a most of signatures, each once.
 */
static void test_edges(void)
{
    static const char *const texts[] = {"", "no end", "a\x01b\n", "a\x7f\n"};
    static const char *const vkeys[] = {
        "", "a", "a+", "a+0123456", "a+01234567-AAAA", "a+01234567+", "a+01234567+AAAA"};
    msh_note_key k, other;
    msh_note n;
    msh_buf note, many;
    msh_checkpoint cp;
    make_note(&note, &k, MSH_KEY_ED25519, "o");
    msh_view v = msh_buf_view(&note);
    size_t sig = msh_view_find(v, MSH_VIEW("\n\n"), 0) + 2;
    msh_buf_init(&many, 1 << 16);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CHECK_INT(msh_note_sign(&many, msh_view_str(texts[i]), &k), MSH_E_USAGE);
    for (size_t i = 0; i < sizeof vkeys / sizeof vkeys[0]; i++)
        CHECK_INT(msh_note_key_read(&other, msh_view_str(vkeys[i])), MSH_E_EVIDENCE);
    CHECK_INT(msh_note_key_read(&other, msh_view_of("a\0b+01234567+AAAA", 17)), MSH_E_EVIDENCE);
    /* the same signature twice */
    msh_buf_reset(&many);
    msh_buf_put_view(&many, v);
    msh_buf_put_view(&many, msh_view_cut(v, sig, v.len));
    CHECK_INT(msh_note_read(msh_buf_view(&many), &n), MSH_E_EVIDENCE);
    /* a name twice with two keys is two signatures; one more than the most is refused */
    msh_buf_reset(&many);
    msh_buf_put_view(&many, v);
    for (int i = 0; i < MSH_NOTE_SIGS; i++) {
        msh_key *key;
        REQUIRE(msh_key_generate(MSH_KEY_ED25519, &key) == MSH_OK);
        REQUIRE(msh_note_key_init(&other, "o", key) == MSH_OK);
        CHECK_INT(msh_note_sign_more(&many, msh_view_cut(v, 0, sig - 1), &other), MSH_OK);
        if (i == 0) {
            CHECK_INT(msh_note_read(msh_buf_view(&many), &n), MSH_OK);
            CHECK_INT(msh_note_verify(&n, &other), MSH_OK);
        }
        msh_note_key_dispose(&other);
    }
    CHECK_INT(msh_note_read(msh_buf_view(&many), &n), MSH_E_EVIDENCE);
    /* a name too long for a key */
    char name[MSH_NOTE_NAME + 40];
    memset(name, 'n', sizeof name);
    (void)snprintf(name + MSH_NOTE_NAME + 1, 20, "+01234567+AAAA");
    CHECK(!msh_note_name_ok(msh_view_of(name, MSH_NOTE_NAME + 1)));
    CHECK_INT(msh_note_key_read(&other, msh_view_str(name)), MSH_E_EVIDENCE);
    /* sizes of checkpoints */
    static const char *const sizes[] = {
        "o\n12345678901234567\nA\n", "o\n1a\nA\n", "o\n", "o", "", "o\n1\nAAAA"};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        CHECK_INT(msh_checkpoint_read(msh_view_str(sizes[i]), "o", &cp), MSH_E_EVIDENCE);
    /* a file of checkpoints holds notes with one signature each */
    size_t at = 0;
    msh_buf_reset(&many);
    msh_buf_put_view(&many, v);
    msh_buf_put_str(&many, "\n");
    CHECK_INT(msh_checkpoint_next(msh_buf_view(&many), &at, &n), MSH_OK);
    CHECK_INT(at, many.len);
    msh_note_key_dispose(&k);
    msh_buf_dispose(&note);
    msh_buf_dispose(&many);
}

int main(void)
{
    RUN(test_vectors);
    RUN(test_golden);
    RUN(test_damage);
    RUN(test_names);
    RUN(test_checkpoint_text);
    RUN(test_witness);
    RUN(test_edges);
    RUN(test_records);
    RUN(test_paths);
    return check_result();
}
