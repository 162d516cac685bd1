/* lzfu.h: compressed RTF of mails ([MS-OXRTFCP]). */
#ifndef MSH_EXTRACT_LZFU_H
#define MSH_EXTRACT_LZFU_H

#include "base/budget.h"
#include "base/buf.h"

/* Appends the text of a compressed RTF property, header included. MSH_E_SYNTAX: it is none;
 * MSH_E_SHORT: it ends before its mark of the end, out holds what is there; budget and buffer
 * errors. */
MSH_MUST_CHECK msh_err msh_lzfu_decode(msh_view in, msh_budget *budget, msh_buf *out);

#endif
