/* A note that is read is what its parts say; checkpoints move forward; nothing is read past the
 * end. */
#include "base/view.h"
#include "ledger/note.h"
#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msh_view v = {data, size};
    msh_note n;
    msh_note_key k;
    if (msh_note_read(v, &n) == MSH_OK) {
        if (n.n_sigs == 0 || n.text.len == 0 || n.text.data[n.text.len - 1] != '\n')
            __builtin_trap();
        msh_checkpoint cp;
        (void)!msh_checkpoint_read(n.text, "test/host", &cp);
    }
    for (size_t at = 0, before = 0; msh_checkpoint_next(v, &at, &n) == MSH_OK; before = at)
        if (at <= before || at > size)
            __builtin_trap();
    if (msh_note_key_read(&k, v) == MSH_OK) {
        msh_buf again;
        msh_buf_init(&again, 4096);
        msh_note_key_write(&k, &again);
        if (!msh_view_eq(msh_buf_view(&again), v))
            __builtin_trap();
        msh_buf_dispose(&again);
        msh_note_key_dispose(&k);
    }
    return 0;
}

MUTATE_BY(mutate_line, NULL);
