/* The one-pass check of canonical form and the reader with the writer always agree. */
#include "base/json.h"
#include "base/view.h"
#include "ledger/canon.h"
#include "ledger/record.h"
#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msh_view v = {data, size};
    msh_arena a;
    msh_buf out;
    msh_json *j;
    msh_record r;
    msh_arena_init(&a, 64 << 20);
    msh_buf_init(&out, 32 << 20);
    bool same = msh_json_read(&a, v, MSH_JSON_LOG, &j, NULL) == MSH_OK;
    if (same) {
        msh_json_canonical(&out, j);
        same = msh_buf_err(&out) == MSH_OK && msh_view_eq(msh_buf_view(&out), v);
    }
    if (same != msh_canon_is(v))
        __builtin_trap();
    if (msh_record_read(v, &r) == MSH_OK && !same)
        __builtin_trap();
    msh_buf_dispose(&out);
    msh_arena_dispose(&a);
    return 0;
}

#ifdef MSH_FUZZING
/* Most are canonical again after a change, or only the first check would be tested. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    size_t made = mutate_pieces(data, size, most, seed, mutate_json, NULL);
    if (mutate_next(&seed) % 4 == 0)
        return made;
    msh_arena a;
    msh_buf out;
    msh_json *j;
    msh_arena_init(&a, 64 << 20);
    msh_buf_init(&out, most);
    if (msh_json_read(&a, msh_view_of(data, made), MSH_JSON_LOG, &j, NULL) == MSH_OK) {
        msh_json_canonical(&out, j);
        if (msh_buf_err(&out) == MSH_OK && out.len) {
            memcpy(data, out.data, out.len);
            made = out.len;
        }
    }
    msh_buf_dispose(&out);
    msh_arena_dispose(&a);
    return made;
}
#endif
