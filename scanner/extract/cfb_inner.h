/* cfb_inner.h: between cfb.c (sectors) and cfb_dir.c (directory). */
#ifndef MSH_EXTRACT_CFB_INNER_H
#define MSH_EXTRACT_CFB_INNER_H

#include "extract/cfb.h"

#define MSH_CFB_SPECIAL 0xfffffffau /* from here on no sectors: end, free, table */
#define MSH_CFB_NONE 0xffffffffu

/* Entries from the directory's sectors, with parents. */
MSH_MUST_CHECK msh_err msh_cfb_read_directory(msh_cfb *c, const uint32_t *sectors, uint32_t n);

#endif
