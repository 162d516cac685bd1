/* helper_pdf.hh: the parts of mishen-pdf (extraction.md section 2, domain.md section 6).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later (helper_pdf.LICENSE)
 * helper_pdf.cc opens a document and decides; _page.cc reads pages as they are drawn; _sweep.cc
 * reads every object whether it is used or not; _content.cc reads text out of a stray content
 * stream; _text.cc puts glyphs in order and turns strings into UTF-8. */
#ifndef MSH_WORKER_HELPER_PDF_HH
#define MSH_WORKER_HELPER_PDF_HH

#include "worker/helper_serve.h"

#include <Object.h>
#include <PDFDoc.h>

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

namespace pdf
{

/* What is said about one document. Says nothing twice. */
class Report
{
  public:
    explicit Report(msh_serve_job *jobA) : job(jobA)
    {
    }
    msh_serve_job *const job;

    void text(msh_role role, unsigned page, const std::string &name, const std::string &utf8);
    /* A text in a charset that is not known. */
    void bytes(msh_role role, unsigned page, const std::string &name, const std::string &raw);
    void child(const std::string &name, const std::string &content);
    void image(unsigned page, bool whole, const std::string &pnm);
    void outcome(msh_reason reason, unsigned page = 0, uint64_t reached = 0);
    /* Time is up (then said so), or the worker is gone. */
    bool late();
    /* n more bytes came out of decoders; false at the limit (then said so). */
    bool charge(uint64_t n);
    /* An older revision is being read: its damage is not the document's. */
    bool revision = false;

  private:
    bool is_new(unsigned kind, const std::string &content);
    void item(msh_wire_what what, msh_role role, unsigned page, const std::string &name,
              const std::string &content, unsigned flags);
    std::unordered_set<uint64_t> seen;
    std::set<std::pair<int, unsigned>> outcomes;
    uint64_t decoded = 0;
};

/* What poppler complained about since it was last asked. */
struct Complaints {
    unsigned damage = 0; /* something may be hidden by it */
    unsigned harmless = 0;
};
Complaints take_complaints();

/* --- texts ---------------------------------------------------------------------------------- */

struct Glyph {
    float x, y, end, size; /* where it begins, its baseline, where it ends: points, y downwards */
    uint32_t cp;           /* 0: no character is known for it */
};

void put_utf8(std::string &out, uint32_t cp);
/* Without blanks: two orders of the same text are compared so. */
std::string squeeze(const std::string &utf8);
std::string in_drawn_order(const std::vector<Glyph> &glyphs);
std::string in_lines(const std::vector<Glyph> &glyphs);
/* Characters set one below the other. */
std::string in_columns(const std::vector<Glyph> &glyphs);

enum class Kind { Empty, Text, Unknown, Binary };
/* A text string of a dictionary (ISO 32000 7.9.2.2): UTF-8 in out when its encoding is certain. */
Kind read_string(const std::string &raw, std::string &out);

/* --- pages ---------------------------------------------------------------------------------- */

struct Pages {
    std::map<int, unsigned> page_of; /* object number of a page or annotation: page number */
    std::vector<int> numbers;        /* pages to be read; one that stands twice in the tree, once */
    std::string drawn;               /* what all pages show, without blanks, in drawn order */
    std::set<int> figures;           /* image objects that were looked at */
    unsigned rendered = 0;           /* pictures sent for OCR */
};
/* Numbers the pages; what is wrong with their tree is reported. */
void count_pages(PDFDoc &doc, Report &report, Pages &pages);
/* Texts of all pages, then texts_read (may be empty), then what is to be seen as a picture. */
void read_pages(PDFDoc &doc, Report &report, Pages &pages, const std::function<void()> &texts_read);

/* --- objects -------------------------------------------------------------------------------- */

/* Name of a font resource: the fonts that have it somewhere in the document. */
using Fonts = std::map<std::string, std::vector<Ref>>;

/* Every object, in the table of the file or not. Bytes of the file must outlive it. */
class Sweep
{
  public:
    /* xref may be NULL: the file could not be opened */
    Sweep(XRef *xrefA, Report &reportA, const Pages &pagesA, Goffset startA)
        : xref(xrefA), report(reportA), pages(pagesA), start(startA)
    {
    }
    void table();      /* objects that the file's table names */
    void strays();     /* objects that stand in the bytes only: older revisions, leftovers */
    void streams();    /* what streams hold that is no page content */
    void contents();   /* content streams, as far as no page shows their text: after the pages */
    bool bomb = false; /* a stream does not end */

  private:
    struct Stray {
        Object object;
        int number;
    };
    struct Owner { /* of the strings of one object */
        int number;
        int depth;
    };
    void walk(const Object &o, const std::string &key, msh_role role, const Owner &owner);
    void walk_dict(Dict *dict, const Owner &owner);
    void add_string(const std::string &raw, const std::string &key, msh_role role, int number);
    void add_attachment(Dict *dict);
    void add_fonts(const Object &fonts, Fonts &to);
    void flush();
    void stray_at(size_t at, size_t end, int number, int gen);
    void object_stream(Object &stream);
    void read_stream(Object &o, int number, bool stray);
    void say_content(Object &o, const std::string &bytes);
    bool decode(Stream *s, size_t most, std::string &out);
    bool is_live(int number, size_t at) const;
    bool is_refused(int number, Goffset at) const;

    XRef *xref;
    Report &report;
    const Pages &pages;
    Goffset start;
    int info = 0; /* object number of the information dictionary */
    std::vector<int> stream_numbers, content_numbers;
    std::vector<Object> stray_streams, stray_contents;
    std::map<int, std::string> attachments, key_of;
    Fonts fonts;
    std::unordered_set<uint64_t> seen;
    struct Group {
        msh_role role;
        unsigned page;
        std::string key;
        bool certain;
        bool operator<(const Group &b) const
        {
            return std::tie(page, role, key, certain) < std::tie(b.page, b.role, b.key, b.certain);
        }
    };
    std::map<Group, std::string> groups;
    size_t grouped = 0;
};

/* Whether decoded bytes look like page content (text is shown in them). */
bool is_content(const std::string &bytes);
struct ContentText {
    std::string text;    /* lines */
    std::string unknown; /* operands in fonts that nobody knows */
    size_t characters = 0, unmapped = 0;
};
/* Text of a content stream; variant: which of several fonts of the same name is taken. */
ContentText content_text(XRef *xref, const std::string &bytes, const Fonts &fonts, unsigned variant,
                         Report &report);

} // namespace pdf
#endif
