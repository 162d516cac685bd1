/* mapi.h: properties of Outlook's messages ([MS-OXPROPS]), as msg files and winmail.dat keep them.
 */
#ifndef MSH_EXTRACT_MAPI_H
#define MSH_EXTRACT_MAPI_H

#include "extract/extract.h"

enum { /* types, [MS-OXCDATA] section 2.11.1 */
       MSH_MAPI_INT16 = 0x0002,
       MSH_MAPI_INT32 = 0x0003,
       MSH_MAPI_OBJECT = 0x000d,
       MSH_MAPI_STRING8 = 0x001e,
       MSH_MAPI_STRING = 0x001f, /* UTF-16LE */
       MSH_MAPI_GUID = 0x0048,
       MSH_MAPI_BINARY = 0x0102,
       MSH_MAPI_MANY = 0x1000 /* flag */
};
enum { /* properties that are more than a text with a name */
       MSH_MAPI_HEADERS = 0x007d,
       MSH_MAPI_BODY = 0x1000,
       MSH_MAPI_RTF = 0x1009,
       MSH_MAPI_HTML = 0x1013,
       MSH_MAPI_DISPLAY_NAME = 0x3001,
       MSH_MAPI_ATTACH_DATA = 0x3701,
       MSH_MAPI_ATTACH_FILE = 0x3704,
       MSH_MAPI_ATTACH_METHOD = 0x3705,
       MSH_MAPI_ATTACH_LONG_FILE = 0x3707,
       MSH_MAPI_INTERNET_CODEPAGE = 0x3fde,
       MSH_MAPI_LOCALE = 0x3ff1,
       MSH_MAPI_MESSAGE_CODEPAGE = 0x3ffd
};

typedef struct msh_mapi {
    msh_extract *x;
    const msh_doc *doc; /* bodies are its members */
    uint32_t codepage;  /* of 8-bit strings; 0: none is named */
    uint32_t internet;  /* code page of the HTML body; 0: none */
} msh_mapi;

/* Notes a number that names a code page; others are left alone. */
void msh_mapi_number(msh_mapi *m, uint16_t id, uint32_t value);
/* A value: bodies become members, other strings are properties of the document. name: of a named
 * property, may be empty. *taken: false for binary values of no known meaning, which are left to
 * the caller. */
MSH_MUST_CHECK msh_err msh_mapi_value(const msh_mapi *m, uint16_t id, uint16_t type, msh_view name,
                                      msh_view bytes, uint64_t offset, bool *taken);
/* Appends a string as UTF-8 where its charset is known, else its bytes as they are. */
void msh_mapi_string(const msh_mapi *m, uint16_t type, msh_view bytes, msh_buf *out);

#endif
