/* Anything read as JSON, written canonically, reads again and is written the same. */
#include "base/json.h"

#include <stdint.h>
#include <string.h>
#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msh_arena a;
    msh_buf one, two;
    msh_json *j, *again;
    msh_arena_init(&a, 64 << 20);
    msh_buf_init(&one, 32 << 20);
    msh_buf_init(&two, 32 << 20);
    if (msh_json_read(&a, (msh_view){data, size}, 0, &j, NULL) == MSH_OK) {
        msh_json_canonical(&one, j);
        if (msh_buf_err(&one) == MSH_OK) {
            if (msh_json_read(&a, msh_buf_view(&one), 0, &again, NULL) != MSH_OK)
                __builtin_trap();
            msh_json_canonical(&two, again);
            if (one.len != two.len || memcmp(one.data, two.data, one.len) != 0)
                __builtin_trap();
        }
    }
    msh_buf_dispose(&one);
    msh_buf_dispose(&two);
    msh_arena_dispose(&a);
    return 0;
}

MUTATE_BY(mutate_json, NULL);
