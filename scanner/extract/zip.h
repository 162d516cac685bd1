/* zip.h: reading zip files that may lie.
 *
 * PKWARE APPNOTE 6.3.10. The central directory says what there is; every byte that it does not
 * account for is searched for local headers as well, so a member cannot hide from one view by
 * standing only in the other. Stored and deflated members are decoded here, others through
 * libarchive where it is built in. Never refuses a file as a whole: what cannot be read is reported
 * at its member, and bytes that belong to nothing are swept. */
#ifndef MSH_EXTRACT_ZIP_H
#define MSH_EXTRACT_ZIP_H

#include "extract/extract.h"

enum {
    MSH_ZIP_LISTED = 1,    /* stands in the central directory */
    MSH_ZIP_LOCAL = 2,     /* its local header was found */
    MSH_ZIP_MISMATCH = 4,  /* the two disagree about name, method or size */
    MSH_ZIP_SAME_DATA = 8, /* an earlier entry has the very same data: not decoded twice */
    MSH_ZIP_LINK = 16,     /* a symbolic link: its content is the target */
    MSH_ZIP_DEVICE = 32,   /* a device, FIFO or socket: has no content */
    MSH_ZIP_FOLDER = 64,
    MSH_ZIP_READ = 128 /* msh_zip_read was called */
};

typedef struct msh_zip_entry {
    msh_view name;       /* raw bytes; of the directory, of the local header when not listed */
    msh_view local_name; /* empty when it is the same */
    msh_view comment;
    msh_view extra, local_extra;
    uint64_t header_at; /* local header */
    uint64_t data_at;   /* first byte of the data; 0 without a local header */
    uint64_t end;       /* first byte after the data, as declared; as decoded after reading */
    uint64_t packed, size;
    uint64_t local_packed, local_size;
    uint32_t crc;
    uint16_t method, local_method;
    uint16_t flags; /* general purpose bits of both headers */
    uint16_t state; /* MSH_ZIP_* */
} msh_zip_entry;

typedef struct msh_zip_span {
    uint64_t from, to;
} msh_zip_span;

/* An open zip. Members are read by number in any order; n grows by msh_zip_more. */
typedef struct msh_zip {
    msh_extract *x;
    const msh_doc *doc;
    msh_zip_entry *entries;
    size_t n, room;
    msh_view comment;     /* of the archive */
    bool has_directory;   /* an end record led to at least an empty directory */
    bool scanning;        /* spans are sorted, gaps are being searched */
    bool cut;             /* more entries than limits->members: the rest was not listed */
    bool overlap;         /* members share bytes */
    bool count_lies;      /* the end record counts otherwise */
    bool split;           /* one volume of several */
    uint32_t said;        /* mismatches reported so far */
    msh_zip_span *spans;  /* what is accounted for */
    size_t n_spans, span; /* span: the first one that ends after scan_at */
    uint64_t scan_at;
    msh_buf window; /* for files */
    uint64_t window_at;
    void *stream; /* zlib */
} msh_zip;

/* Opens: reads the directory and the local headers that it points to. Nothing is reported yet.
 * z must be closed also after an error. */
MSH_MUST_CHECK msh_err msh_zip_open(msh_zip *z, msh_extract *x, const msh_doc *doc);
void msh_zip_close(msh_zip *z);
/* Decodes member i into out (which is reset first; its ceiling should be limits->member_size).
 * Reports at the member's place what could not be read and what the headers disagree about; what
 * was decoded before a fault stays in out. *whole: nothing is missing. An error only when the
 * machine failed or the item's budget is spent, out holds what was decoded until then. */
MSH_MUST_CHECK msh_err msh_zip_read(msh_zip *z, size_t i, msh_buf *out, bool *whole);
/* After all members so far were read: looks for one more local header in the bytes that nothing
 * accounts for. *found: entries[n - 1] is new. Swept bytes are emitted on the way. */
MSH_MUST_CHECK msh_err msh_zip_more(msh_zip *z, bool *found);
/* At the end: comment of the archive, comments and extra fields of members, outcomes about the
 * archive as a whole. */
MSH_MUST_CHECK msh_err msh_zip_finish(msh_zip *z);
/* The name of a member as a text, for members that go to no child. */
MSH_MUST_CHECK msh_err msh_zip_emit_name(msh_zip *z, size_t i);

/* What a document is by the names in its directory; the first 64 KiB and the directory are looked
 * at. The greater outranks the lesser. */
typedef enum msh_zip_kind {
    MSH_ZIP_KIND_NONE = 0, /* not a zip */
    MSH_ZIP_KIND_ZIP,
    MSH_ZIP_KIND_IWORK,
    MSH_ZIP_KIND_OPC, /* some Open Packaging document: vsdx … */
    MSH_ZIP_KIND_XPS,
    MSH_ZIP_KIND_HWPX,
    MSH_ZIP_KIND_EPUB,
    MSH_ZIP_KIND_ODF, /* some OpenDocument file */
    MSH_ZIP_KIND_ODP,
    MSH_ZIP_KIND_ODS,
    MSH_ZIP_KIND_ODT,
    MSH_ZIP_KIND_OFD,
    MSH_ZIP_KIND_PPTX,
    MSH_ZIP_KIND_XLSX,
    MSH_ZIP_KIND_DOCX
} msh_zip_kind;

/* Every member to a child (fmt_zip.c). */
MSH_MUST_CHECK msh_err msh_zip_read_all(msh_extract *x, const msh_doc *doc);

/* deep: also look for an end record that is not at the very end of the file. */
msh_zip_kind msh_zip_sniff(const msh_doc *doc, bool deep);

#endif
