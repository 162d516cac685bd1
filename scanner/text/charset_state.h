/* charset_state.h: the two charsets with shift states, decoded as a whole. */
#ifndef MSH_TEXT_CHARSET_STATE_H
#define MSH_TEXT_CHARSET_STATE_H

#include "text/charset.h"

/* As msh_charset_decode, for MSH_CS_HZ and MSH_CS_UTF7. When not `last`, stops before the last
 * place where the state is not the initial one. */
void msh_charset_state_decode(msh_charset cs, msh_view in, bool last, msh_buf *out, size_t *used,
                              uint64_t *bad);

/* One run of UTF-7 that begins at in.data[0] = '+': appends what it says, returns its length with
 * the closing '-'. 0 and nothing appended when it is none. */
size_t msh_charset_utf7_run(msh_view in, msh_buf *out);

#endif
