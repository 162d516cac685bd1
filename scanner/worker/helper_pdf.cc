/* helper_pdf.cc: mishen-pdf, the helper program for PDF (extraction.md section 2).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later (helper_pdf.LICENSE)
 * Opens a document from memory with poppler, reads its pages, then all its objects, then what older
 * revisions showed. What cannot be read is an outcome: encrypted, damaged, endless, without text.
 */
#include "worker/helper_pdf.hh"

#include "base/self.h"

#include <Error.h>
#include <ErrorCodes.h>
#include <GlobalParams.h>
#include <Stream.h>
#include <XRef.h>

#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <new>
#include <stdexcept>

namespace pdf
{

static const uint64_t RATIO = 1000, RATIO_FREE = 64ull << 20;
static const size_t MOST_OUTCOMES = 1000;
static const size_t MOST_REVISIONS = 8;
static const size_t MOST_NAME = 255;

/* --- what poppler complains about ----------------------------------------------------------------
 */

/* poppler's callback has no context: these are the variables of the program. */
static Complaints complaints;

static bool expect_gaps;

/* Said of honest files, and nothing is lost by it. */
static bool is_harmless(ErrorCategory category, const char *message)
{
    static const char *const harmless[] = {
        "Couldn't find a font",
        "No display font for",
        "Mismatch between font type and embedded font file",
        "Missing 'Tf' operator in field's DA string",
    };
    /* asked for an object that the file does not have, poppler looks for another table */
    static const char *const gaps[] = {"Couldn't find trailer dictionary", "xref num ",
                                       "Invalid XRef entry"};
    if (category == errSyntaxWarning || category == errConfig || category == errNotAllowed)
        return true;
    for (const char *h : harmless) {
        if (strncmp(message, h, strlen(h)) == 0)
            return true;
    }
    for (const char *g : gaps) {
        if (expect_gaps && strncmp(message, g, strlen(g)) == 0)
            return true;
    }
    return false;
}

static void complain(ErrorCategory category, Goffset, const char *message)
{
#ifdef PDF_TRACE
    fprintf(stderr, "TRACE %d %s\n", category, message);
#endif
    if (is_harmless(category, message))
        complaints.harmless++;
    else
        complaints.damage++;
}

Complaints take_complaints()
{
    Complaints c = complaints;
    complaints = Complaints();
    return c;
}

/* --- what is said --------------------------------------------------------------------------------
 */

bool Report::is_new(unsigned kind, const std::string &content)
{
    uint64_t h = std::hash<std::string>()(content);
    return seen.insert(h * 31 + kind + content.size()).second;
}

void Report::item(msh_wire_what what, msh_role role, unsigned page, const std::string &name,
                  const std::string &content, unsigned flags)
{
    std::string cut = name.substr(0, MOST_NAME);
    msh_wire_item it = {};
    it.what = what;
    it.role = role;
    it.flags = flags;
    it.page = page;
    it.size = content.size();
    it.name = {reinterpret_cast<const uint8_t *>(cut.data()), cut.size()};
    msh_serve_item(job, &it, {reinterpret_cast<const uint8_t *>(content.data()), content.size()});
}

void Report::text(msh_role role, unsigned page, const std::string &name, const std::string &utf8)
{
    if (utf8.find_first_not_of(" \t\r\n") != std::string::npos &&
        is_new(role * 100000 + page, utf8))
        item(MSH_WIRE_TEXT, role, page, name, utf8, 0);
}

void Report::bytes(msh_role role, unsigned page, const std::string &name, const std::string &raw)
{
    if (!raw.empty() && is_new(role * 100000 + page + 50, raw))
        item(MSH_WIRE_BYTES, role, page, name, raw, 0);
}

void Report::child(const std::string &name, const std::string &content)
{
    if (is_new(1, name + '\0' + content))
        item(MSH_WIRE_CHILD, MSH_ROLE_BODY, 0, name, content, 0);
}

void Report::image(unsigned page, bool whole, const std::string &pnm)
{
    if (is_new(2, pnm))
        item(MSH_WIRE_IMAGE, MSH_ROLE_OCR, page, "", pnm, whole ? MSH_WIRE_PAGE_WHOLE : 0);
}

void Report::outcome(msh_reason reason, unsigned page, uint64_t reached)
{
    if (revision && reason == MSH_REASON_PDF_CORRUPT)
        return;
    if (outcomes.size() < MOST_OUTCOMES && outcomes.insert({reason, page}).second)
        msh_serve_outcome(job, reason, page, reached);
}

bool Report::late()
{
    if (!msh_serve_late(job))
        return false;
    outcome(MSH_REASON_LIMIT_TIME);
    return true;
}

bool Report::charge(uint64_t n)
{
    decoded += n;
    if (decoded > job->request.decoded) {
        outcome(MSH_REASON_LIMIT_DECODED, 0, decoded);
        return false;
    }
    if (decoded > RATIO_FREE && decoded / RATIO > job->bytes.len) {
        outcome(MSH_REASON_LIMIT_RATIO, 0, decoded / (job->bytes.len + 1));
        return false;
    }
    return true;
}

/* --- documents
 * ------------------------------------------------------------------------------------ */

static std::unique_ptr<PDFDoc> open_bytes(msh_view v)
{
    char *bytes = const_cast<char *>(reinterpret_cast<const char *>(v.data));
    auto *stream = new MemStream(bytes, 0, static_cast<Goffset>(v.len), Object(objNull));
    return std::make_unique<PDFDoc>(stream);
}

static void read_document(PDFDoc &doc, Report &report)
{
    Pages pages;
    count_pages(doc, report, pages);
    Sweep sweep(doc.getXRef(), report, pages, doc.getBaseStream()->getStart());
    expect_gaps = true;
    sweep.table();
    expect_gaps = false;
    if (take_complaints().damage)
        report.outcome(MSH_REASON_PDF_CORRUPT);
    sweep.strays();
    (void)take_complaints();
    sweep.streams();
    if (take_complaints().damage)
        report.outcome(MSH_REASON_PDF_CORRUPT);
    if (sweep.bomb)
        sweep.contents();
    else
        read_pages(doc, report, pages, [&] { sweep.contents(); });
}

/* What stands in a file that cannot be opened. */
static void read_wreck(Report &report)
{
    Pages none;
    Sweep sweep(nullptr, report, none, 0);
    report.outcome(MSH_REASON_PDF_CORRUPT);
    sweep.strays();
    sweep.streams();
    sweep.contents();
}

/* The document as it was before later changes were appended: each ends in its own %%EOF. */
static void read_revisions(Report &report)
{
    msh_view v = report.job->bytes;
    std::vector<size_t> ends;
    const auto *at = v.data;
    size_t left = v.len;
    while (const void *p = memmem(at, left, "%%EOF", 5)) {
        const auto *end = static_cast<const uint8_t *>(p) + 5;
        ends.push_back(static_cast<size_t>(end - v.data));
        at = end;
        left = v.len - ends.back();
    }
    if (ends.size() < 2)
        return;
    ends.pop_back();
    report.revision = true;
    for (size_t i = 0; i < ends.size() && i < MOST_REVISIONS && !report.late(); i++) {
        std::unique_ptr<PDFDoc> doc = open_bytes({v.data, ends[ends.size() - 1 - i]});
        Pages pages;
        if (!doc->isOk())
            continue;
        count_pages(*doc, report, pages);
        read_pages(*doc, report, pages, nullptr);
    }
    report.revision = false;
}

static void read_all(msh_serve_job *job)
{
    Report report(job);
    (void)take_complaints();
    expect_gaps = false;
    std::unique_ptr<PDFDoc> doc = open_bytes(job->bytes);
    if (doc->isOk()) {
        read_document(*doc, report);
        read_revisions(report);
    } else if (doc->getErrorCode() == errEncrypted) {
        report.outcome(MSH_REASON_PDF_ENCRYPTED);
    } else {
        read_wreck(report);
    }
}

static void document(void *, msh_serve_job *job)
{
    try {
        read_all(job);
    } catch (const std::bad_alloc &) {
        msh_serve_outcome(job, MSH_REASON_LIMIT_MEMORY, 0, 0);
    } catch (const std::exception &) {
        msh_serve_outcome(job, MSH_REASON_PDF_CORRUPT, 0, 0);
    }
}

/* Character maps: those beside this program (an offline bundle), else the system's. */
static char poppler_data[MSH_SELF_PATH];

static bool start(void *)
{
    setErrorCallback(complain);
    globalParams = std::make_unique<GlobalParams>(poppler_data);
    return true;
}

} // namespace pdf

int main(int argc, char **argv)
{
    static const char *const folders[] = {
        pdf::poppler_data,       "/usr/share/fonts",      "/etc/fonts",
        "/usr/share/fontconfig", "/var/cache/fontconfig", "/usr/local/share/fonts"};
    msh_self_share("poppler", pdf::poppler_data);
    msh_serve_program program = {};
    program.start = pdf::start;
    program.folders = folders;
    program.n_folders = sizeof folders / sizeof folders[0];
    program.document = pdf::document;
    return msh_serve_main(&program, argc, argv);
}
