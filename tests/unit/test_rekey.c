/* A log that goes on with other keys: only as enough of the guardians it named say, citing exactly
 * where it stood; everything else is refused by the verifier, whoever writes it. */
#define _GNU_SOURCE
#include "logdir.h"

#include "base/base64.h"
#include "base/view.h"
#include "crypto/keyfile.h"
#include "ledger/guard.h"
#include "ledger/log.h"
#include "ledger/verify.h"

enum { PEOPLE = 3 };
static msh_note_key people[PEOPLE][MSH_PROFILES], strangers[2][MSH_PROFILES], fresh[MSH_PROFILES];
static msh_note_key before[MSH_PROFILES];
static char pem[MSH_PROFILES][5000];

static void make_keys(msh_note_key keys[MSH_PROFILES], const char *name)
{
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        msh_key *k;
        REQUIRE(msh_key_generate(msh_profile_at(p)->alg, &k) == MSH_OK);
        REQUIRE(msh_note_key_init(&keys[p], name, k) == MSH_OK);
    }
}

static void put_vkeys(msh_buf *out, const msh_note_key keys[MSH_PROFILES])
{
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        msh_buf_printf(out, ",\"%s\":\"", msh_profile_at(p)->vkey);
        msh_note_key_write(&keys[p], out);
        msh_buf_put_byte(out, '"');
    }
}

/* log.open, key.guard (or an item), two items; its keys are then gone. */
static void make_log(bool guarded, int need)
{
    msh_log *l;
    msh_buf body;
    logdir_fresh();
    REQUIRE(msh_log_open(logdir, "test/host", &l, NULL) == MSH_OK);
    msh_buf_init(&body, 60000);
    msh_buf_printf(&body, "{\"need\":%d,\"people\":[", need);
    for (size_t i = 0; i < PEOPLE; i++) {
        msh_buf_printf(&body, "%s{\"name\":\"%s\"", i ? "," : "", people[i][0].name);
        put_vkeys(&body, people[i]);
        msh_buf_put_byte(&body, '}');
    }
    msh_buf_put_str(&body, "]}");
    REQUIRE(msh_log_add(l, guarded ? "key.guard" : "item", msh_buf_view(&body), NULL) == MSH_OK);
    REQUIRE(logdir_commit(l, 2, NULL) == MSH_OK);
    msh_log_close(l);
    msh_buf_dispose(&body);
    for (size_t p = 0; p < MSH_PROFILES; p++) {
        msh_key *k;
        REQUIRE(msh_keyfile_load_public(logdir_file(msh_profile_at(p)->public_key),
                                        msh_profile_at(p)->alg, &k, NULL) == MSH_OK);
        msh_note_key_dispose(&before[p]);
        REQUIRE(msh_note_key_init(&before[p], p ? "test/host/sm3" : "test/host", k) == MSH_OK);
        (void)unlink(logdir_file(msh_profile_at(p)->private_key));
        (void)snprintf(pem[p], sizeof pem[p], "%s", logdir_file(p ? "new.sm3.pem" : "new.pem"));
        msh_note_key_dispose(&fresh[p]);
    }
    make_keys(fresh, "test/host");
    for (size_t p = 0; p < MSH_PROFILES; p++)
        REQUIRE(msh_keyfile_write_private(pem[p], fresh[p].key, NULL, NULL) == MSH_OK);
    (void)snprintf(fresh[1].name, sizeof fresh[1].name, "test/host/sm3");
    msh_key *own;
    REQUIRE(msh_keyfile_load(pem[1], MSH_KEY_SM2, &own, NULL) == MSH_OK);
    msh_note_key_dispose(&fresh[1]);
    REQUIRE(msh_note_key_init(&fresh[1], "test/host/sm3", own) == MSH_OK);
}

typedef struct forgery {
    const char *what;
    int exit_code;
    bool unguarded, other_root, other_keys, other_log, other_head;
    int need, size_off, own, strange; /* how many guardians and strangers sign */
} forgery;

static void put_root(msh_buf *out, const char *key, const uint8_t root[32], bool other)
{
    uint8_t r[32];
    memcpy(r, root, 32);
    r[7] ^= other;
    msh_buf_printf(out, ",\"%s\":\"", key);
    msh_base64_encode(out, msh_view_of(r, 32));
    msh_buf_put_byte(out, '"');
}

static void sign_all(msh_buf *note, msh_view text, const forgery *f)
{
    bool first = true;
    for (int i = 0; i < f->own + f->strange; i++)
        for (size_t p = 0; p < MSH_PROFILES; p++) {
            const msh_note_key *k = i < f->own ? &people[i][p] : &strangers[i - f->own][p];
            msh_err err = first ? msh_note_sign(note, text, k) : msh_note_sign_more(note, text, k);
            REQUIRE(err == MSH_OK);
            first = false;
        }
}

static void make_body(const msh_log_head *h, const forgery *f, msh_buf *body)
{
    msh_arena a;
    msh_buf json, text, note;
    msh_arena_init(&a, 1 << 20);
    msh_buf_init(&json, 60000);
    msh_buf_init(&text, 60000);
    msh_buf_init(&note, 60000);
    msh_buf_printf(&json, "{\"v\":1,\"reason\":\"x\",\"ts\":\"2026\",\"log\":\"%s\",\"size\":%d",
                   f->other_log ? "test/other" : "test/host", (int)h->size + f->size_off);
    put_root(&json, "root", h->roots[0], f->other_root);
    put_root(&json, "root_sm3", h->roots[1], false);
    put_vkeys(&json, f->other_keys ? people[0] : fresh);
    msh_buf_put_byte(&json, '}');
    REQUIRE(msh_guard_text(&a, msh_buf_view(&json), &text, NULL) == MSH_OK);
    if (f->other_head)
        text.data[7] = '-';
    sign_all(&note, msh_buf_view(&text), f);
    msh_buf_put_str(body, "{\"note\":");
    msh_json_canonical_str(body, msh_buf_view(&note));
    put_vkeys(body, fresh);
    msh_buf_put_byte(body, '}');
    msh_buf_dispose(&json);
    msh_buf_dispose(&text);
    msh_buf_dispose(&note);
    msh_arena_dispose(&a);
}

static void test_forgeries(void)
{
    static const forgery rows[] = {
        {"two of them", MSH_VERIFY_UNANCHORED, .need = 2, .own = 2},
        {"all of them", MSH_VERIFY_UNANCHORED, .need = 2, .own = 3},
        {"two and a stranger", MSH_VERIFY_UNANCHORED, .need = 2, .own = 2, .strange = 1},
        {"three are needed", MSH_VERIFY_INVALID, .need = 3, .own = 2},
        {"one", MSH_VERIFY_INVALID, .need = 2, .own = 1},
        {"one and strangers", MSH_VERIFY_INVALID, .need = 2, .own = 1, .strange = 2},
        {"strangers", MSH_VERIFY_INVALID, .need = 2, .strange = 2},
        {"nobody was named", MSH_VERIFY_INVALID, .unguarded = true, .need = 2, .own = 2},
        {"one is enough, they say", MSH_VERIFY_INVALID, .need = 1, .own = 1},
        {"more than there are", MSH_VERIFY_INVALID, .need = 4, .own = 3},
        {"another size", MSH_VERIFY_INVALID, .need = 2, .own = 2, .size_off = 1},
        {"an older size", MSH_VERIFY_INVALID, .need = 2, .own = 2, .size_off = -1},
        {"another root", MSH_VERIFY_INVALID, .need = 2, .own = 2, .other_root = true},
        {"other keys", MSH_VERIFY_INVALID, .need = 2, .own = 2, .other_keys = true},
        {"another log", MSH_VERIFY_INVALID, .need = 2, .own = 2, .other_log = true},
        {"another kind of note", MSH_VERIFY_INVALID, .need = 2, .own = 2, .other_head = true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        msh_log_head h;
        msh_log_verdict v;
        msh_buf body;
        msh_error why = {0};
        make_log(!rows[i].unguarded, rows[i].need);
        REQUIRE(msh_log_settle(logdir, &h, &why) == MSH_OK);
        CHECK_INT(h.size, 4);
        msh_buf_init(&body, 60000);
        make_body(&h, &rows[i], &body);
        const msh_log_rekey_job job = {
            &h, {&before[0], &before[1]}, {pem[0], pem[1]}, msh_buf_view(&body)};
        REQUIRE(msh_log_rekey(logdir, &job, &why) == MSH_OK);
        REQUIRE(msh_verify_log(logdir, MSH_LANG_EN, &v, NULL) == MSH_OK);
        if (v.exit_code != rows[i].exit_code)
            printf("%s: %s\n", rows[i].what, v.what);
        CHECK_INT(v.exit_code, rows[i].exit_code);
        CHECK_INT(v.recovered, rows[i].exit_code == MSH_VERIFY_UNANCHORED);
        msh_buf_dispose(&body);
    }
}

/* The end is torn, one tree is a checkpoint ahead: it is set to what both signed. */
static void test_settle(void)
{
    msh_log_head h;
    msh_log_verdict v;
    struct stat st;
    msh_buf b;
    make_log(true, 2);
    REQUIRE(stat(logdir_file("checkpoints.sm3"), &st) == 0);
    REQUIRE(truncate(logdir_file("checkpoints.sm3"), st.st_size - 60) == 0);
    CHECK_INT(msh_log_settle(logdir, &h, NULL), MSH_OK);
    CHECK_INT(h.size, 1);
    REQUIRE(msh_verify_log(logdir, MSH_LANG_EN, &v, NULL) == MSH_OK);
    CHECK_INT(v.exit_code, MSH_VERIFY_UNANCHORED);
    msh_buf_init(&b, 1 << 20);
    CHECK_INT(msh_file_read(logdir_file("quarantine/00000000000000000001-lines.bin"), &b, NULL),
              MSH_OK);
    CHECK(b.len > 100 && b.data[b.len - 1] == '\n');
    msh_buf_dispose(&b);
    /* lines that are missing are not made up for */
    make_log(true, 2);
    REQUIRE(stat(logdir_file("seg/00000000000000000000.ndjson"), &st) == 0);
    REQUIRE(truncate(logdir_file("seg/00000000000000000000.ndjson"), st.st_size - 5) == 0);
    CHECK_INT(msh_log_settle(logdir, &h, NULL), MSH_E_EVIDENCE_LOST);
}

int main(void)
{
    logdir_in_memory = true;
    make_keys(people[0], "张三");
    make_keys(people[1], "李四");
    make_keys(people[2], "王五");
    make_keys(strangers[0], "张三"); /* a name is no key */
    make_keys(strangers[1], "赵六");
    RUN(test_forgeries);
    RUN(test_settle);
    logdir_remove_tree(logdir);
    return check_result();
}
