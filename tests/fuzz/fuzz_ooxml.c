/* fuzz_ooxml.c: parts of office documents, zipped anew after each mutation, so that what is mutated
 * is the XML and not its compression.
 *
 * Input: pieces parted by NUL; the first byte of each chooses the part's name, the rest is its
 * content. The call never fails, what is read twice says the same, the budget holds. */
#include "extract_dump.h"
#include "zip_build.h"

#include <stdlib.h>
#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const parts[] = {
    "[Content_Types].xml",
    "word/document.xml",
    "word/styles.xml",
    "word/numbering.xml",
    "word/header1.xml",
    "word/comments.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "xl/sharedStrings.xml",
    "xl/worksheets/sheet1.xml",
    "xl/worksheets/_rels/sheet1.xml.rels",
    "xl/comments1.xml",
    "ppt/presentation.xml",
    "ppt/_rels/presentation.xml.rels",
    "ppt/slides/slide1.xml",
    "META-INF/manifest.xml",
    "content.xml",
    "styles.xml",
    "meta.xml",
    "OFD.xml",
    "Doc_0/Document.xml",
    "Doc_0/Pages/Page_0/Content.xml",
    "FixedDocSeq.fdseq",
    "Documents/1/Pages/1.fpage",
    "mimetype",
};
enum { PARTS = sizeof parts / sizeof parts[0], MEMBERS = 16 };

/* The parts as members; text is changed into strings, one after another. */
static size_t split(char *text, size_t size, member *out)
{
    size_t n = 0;
    for (size_t at = 0; at < size && n < MEMBERS;) {
        size_t len = strlen(text + at);
        if (len > 0) {
            unsigned which = (unsigned char)text[at];
            which = which >= 'A' ? which - 'A' : which;
            out[n++] = (member){.name = parts[which % PARTS], .data = text + at + 1};
        }
        at += len + 1;
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dump d;
    msh_buf z;
    member members[MEMBERS];
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    if (size)
        memcpy(text, data, size);
    text[size] = 0;
    size_t n = split(text, size, members);
    msh_buf_init(&z, size + (64 << 10));
    build(&z, members, n);
    dump_begin(&d);
    d.limits.decoded = 32 << 20;
    d.limits.time_ms = 10000;
    msh_err err = dump_run(&d, msh_buf_view(&z), "a");
    if (err != MSH_OK || (n && d.texts == 0 && d.outcomes == 0))
        __builtin_trap();
    dump_end(&d);
    msh_buf_dispose(&z);
    free(text);
    return 0;
}

MUTATE_BY(mutate_tag, NULL);
