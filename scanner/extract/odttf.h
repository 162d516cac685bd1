/* odttf.h: fonts made unreadable with a key that stands beside them (ECMA-376 part 1 §17.8.1,
 * ECMA-388 §9.1.7.3). */
#ifndef MSH_EXTRACT_ODTTF_H
#define MSH_EXTRACT_ODTTF_H

#include "extract/xmlpart.h"

enum { MSH_ODTTF_KEYS = 64 };

typedef struct msh_odttf {
    uint8_t keys[MSH_ODTTF_KEYS][16];
    size_t n;
} msh_odttf;

/* Listener while word/fontTable.xml is read; context msh_odttf. */
extern const msh_xml_handler msh_odttf_handler;
/* Makes a font readable in place, by the key in its name or one of the table; leaves bytes that no
 * key fits as they are. */
void msh_odttf_open(const msh_odttf *o, msh_view name, uint8_t *bytes, size_t n);

#endif
