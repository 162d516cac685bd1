/* fuzz_fold: folding in every stateless charset, and the views made from it; maps never fall and
 * never leave the source; the text is UTF-8 and folds to itself. The first byte chooses the
 * charset. */
#include "base/view.h"
#include "text/fold.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void check_map(const msh_folded *f, size_t source_len, bool rises)
{
    size_t step = 1 + f->text.len / 64;
    uint64_t before = 0;
    for (size_t at = 0; at <= f->text.len; at += step) {
        uint64_t in = msh_map_source(&f->map, at);
        must(in <= source_len && (!rises || in >= before));
        before = in;
    }
    must(msh_map_source(&f->map, f->text.len) == source_len);
}

static void check_stable(const msh_folded *f)
{
    msh_folded again;
    msh_folded_init(&again, 1 << 24);
    must(msh_fold(&again, msh_buf_view(&f->text), MSH_CS_UTF8) == MSH_OK);
    must(msh_view_eq(msh_buf_view(&again.text), msh_buf_view(&f->text)));
    msh_folded_dispose(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    msh_charset cs = (msh_charset)(data[0] % MSH_CHARSET_COUNT);
    msh_view in = msh_view_of(data + 1, size - 1);
    msh_folded f, joined, reversed;
    msh_folded_init(&f, 1 << 24);
    msh_folded_init(&joined, 1 << 24);
    msh_folded_init(&reversed, 1 << 24);
    msh_err err = msh_fold(&f, in, cs);
    must(err == MSH_OK || (err == MSH_E_USAGE && (cs == MSH_CS_HZ || cs == MSH_CS_UTF7)));
    if (err == MSH_OK) {
        must(msh_view_is_utf8(msh_buf_view(&f.text)));
        check_map(&f, in.len, true);
        check_stable(&f);
        must(msh_fold_joined(&joined, &f) == MSH_OK);
        must(msh_view_is_utf8(msh_buf_view(&joined.text)));
        check_map(&joined, in.len, true);
        must(msh_fold_reversed(&reversed, &f) == MSH_OK);
        must(reversed.text.len == f.text.len && msh_view_is_utf8(msh_buf_view(&reversed.text)));
        check_map(&reversed, in.len, false);
    }
    msh_buf word;
    msh_buf_init(&word, 1 << 20);
    if (msh_fold_word(&word, in))
        must(word.len > 0);
    msh_buf_dispose(&word);
    msh_folded_dispose(&f);
    msh_folded_dispose(&joined);
    msh_folded_dispose(&reversed);
    return 0;
}
