/* helper_pdf_page.cc: pages as they are drawn: glyphs, pictures, lines (extraction.md section 2).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later (helper_pdf.LICENSE)
 * Every glyph counts: invisible, white, tiny, outside the page, in a layer that is switched off.
 * A page that shows pictures, or glyphs without characters, is rendered for OCR. */
#include "worker/helper_pdf.hh"

#include <Catalog.h>
#include <Error.h>
#include <Gfx.h>
#include <GfxFont.h>
#include <GfxState.h>
#include <OptionalContent.h>
#include <Page.h>
#include <SplashOutputDev.h>
#include <TextOutputDev.h>
#include <XRef.h>
#include <splash/SplashBitmap.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace pdf
{

static const size_t MOST_GLYPHS = 2000000; /* of one page, kept */
static const size_t MOST_LAID_OUT = 60000; /* of one page, given to poppler's layout */
static const unsigned MOST_PAGES = 50000;
static const size_t MOST_COVERS = 2000; /* rectangles of one page, and glyphs × rectangles */
static const size_t MOST_COVERED = 20000000;
static const unsigned OUTLINE_POINTS = 40;              /* lines that can be letters */
static const double SMALL_HEIGHT = 8, SMALL_WIDTH = 16; /* points: no readable text in less */
static const double DPI = 200;
static const double MOST_PIXELS = 16e6;    /* of a rendering */
static const double LARGEST_IMAGE = 150e6; /* pixels of a picture that is decoded */

struct Box {
    double x0 = 1e9, y0 = 1e9, x1 = -1e9, y1 = -1e9;
    bool empty() const
    {
        return x1 <= x0 || y1 <= y0;
    }
    void add(double x, double y)
    {
        x0 = std::min(x0, x);
        y0 = std::min(y0, y);
        x1 = std::max(x1, x);
        y1 = std::max(y1, y);
    }
    void add(const Box &b)
    {
        add(b.x0, b.y0);
        add(b.x1, b.y1);
    }
};

struct Picture {
    Box box;
    int object; /* 0: inline */
    double pixels;
};

/* An opaque rectangle, and how many glyphs had been drawn before it. */
struct Cover {
    Box box;
    size_t before;
};

/* Glyphs without a character: how many, and whether several different ones follow each other. */
struct Unmapped {
    size_t count = 0, pairs = 0;
    uint64_t last = UINT64_MAX;
    Box box;
};

class Device : public TextOutputDev
{
  public:
    Device(std::string *plainA, Report &reportA)
        : TextOutputDev(put_plain, plainA, false, 0, false), report(reportA)
    {
        setTextPageBreaks_off();
    }

    bool needNonText() override
    {
        return true;
    }
    bool useShadedFills(int) override
    {
        return true;
    }
    bool useTilingPatternFill() override
    {
        return true;
    }
    bool tilingPatternFill(GfxState *, Gfx *, Catalog *, GfxTilingPattern *, const double *, int,
                           int, int, int, double, double) override
    {
        outline += OUTLINE_POINTS; /* what the pattern draws is read by the sweep of objects */
        return true;
    }
    bool functionShadedFill(GfxState *, GfxFunctionShading *) override
    {
        return true;
    }
    bool axialShadedFill(GfxState *, GfxAxialShading *, double, double) override
    {
        return true;
    }
    bool radialShadedFill(GfxState *, GfxRadialShading *, double, double) override
    {
        return true;
    }
    bool gouraudTriangleShadedFill(GfxState *, GfxGouraudTriangleShading *) override
    {
        return true;
    }
    bool patchMeshShadedFill(GfxState *, GfxPatchMeshShading *) override
    {
        return true;
    }

    void drawChar(GfxState *state, double x, double y, double dx, double dy, double ox, double oy,
                  CharCode code, int nBytes, const Unicode *u, int uLen) override;
    void stroke(GfxState *state) override
    {
        count_path(state);
    }
    void fill(GfxState *state) override
    {
        count_path(state);
        add_cover(state);
    }
    void eoFill(GfxState *state) override
    {
        count_path(state);
        add_cover(state);
    }
    void drawImageMask(GfxState *state, Object *ref, Stream *str, int width, int height,
                       bool invert, bool interpolate, bool inlineImg) override
    {
        add_picture(state, ref, width, height);
        OutputDev::drawImageMask(state, ref, str, width, height, invert, interpolate, inlineImg);
    }
    void drawImage(GfxState *state, Object *ref, Stream *str, int width, int height,
                   GfxImageColorMap *colors, bool interpolate, const int *mask,
                   bool inlineImg) override
    {
        add_picture(state, ref, width, height);
        OutputDev::drawImage(state, ref, str, width, height, colors, interpolate, mask, inlineImg);
    }
    void drawMaskedImage(GfxState *state, Object *ref, Stream *, int width, int height,
                         GfxImageColorMap *, bool, Stream *, int, int, bool, bool) override
    {
        add_picture(state, ref, width, height);
    }
    void drawSoftMaskedImage(GfxState *state, Object *ref, Stream *, int width, int height,
                             GfxImageColorMap *, bool, Stream *, int, int, GfxImageColorMap *,
                             bool) override
    {
        add_picture(state, ref, width, height);
    }
    void setSoftMaskFromImageMask(GfxState *state, Object *ref, Stream *str, int width, int height,
                                  bool invert, bool inlineImg, double *) override
    {
        add_picture(state, ref, width, height);
        OutputDev::drawImageMask(state, ref, str, width, height, invert, false, inlineImg);
    }
    void unsetSoftMaskFromImageMask(GfxState *, double *) override
    {
    }

    void clear()
    {
        glyphs.clear();
        pictures.clear();
        covers.clear();
        unmapped = Unmapped();
        outline = 0;
        mapped = 0;
        full = false;
    }

    Report &report;
    std::vector<Glyph> glyphs;
    std::vector<Picture> pictures;
    std::vector<Cover> covers;
    Unmapped unmapped;
    size_t outline = 0, mapped = 0;
    bool full = false;

  private:
    static void put_plain(void *to, const char *text, int len)
    {
        static_cast<std::string *>(to)->append(text, static_cast<size_t>(len));
    }
    void setTextPageBreaks_off()
    {
        TextOutputDev::setTextPageBreaks(false);
    }
    void count_path(GfxState *state);
    void add_cover(GfxState *state);
    void add_picture(GfxState *state, Object *ref, int width, int height);
    void add_unmapped(const Glyph &g, CharCode code);
};

void Device::count_path(GfxState *state)
{
    const GfxPath *path = state->getPath();
    for (int i = 0; i < path->getNumSubpaths() && outline < OUTLINE_POINTS; i++)
        outline += static_cast<size_t>(path->getSubpath(i)->getNumPoints());
}

/* The corners of an upright rectangle that is filled so that nothing shines through; patterns and
 * highlighters (blended, half clear) are none. */
void Device::add_cover(GfxState *state)
{
    const GfxPath *path = state->getPath();
    Cover c = {Box(), glyphs.size()};
    Box clip;
    if (path->getNumSubpaths() != 1 || glyphs.empty() || covers.size() == MOST_COVERS ||
        state->getFillOpacity() < 0.95 || state->getBlendMode() != gfxBlendNormal ||
        state->getFillColorSpace()->getMode() == csPattern)
        return;
    const GfxSubpath *sub = path->getSubpath(0);
    int n = sub->getNumPoints();
    if (n < 4 || n > 5)
        return;
    double x[5], y[5];
    for (int i = 0; i < n; i++) {
        state->transform(sub->getX(i), sub->getY(i), &x[i], &y[i]);
        c.box.add(x[i], y[i]);
        bool upright =
            i == 0 || std::fabs(x[i] - x[i - 1]) < 0.5 || std::fabs(y[i] - y[i - 1]) < 0.5;
        if (sub->getCurve(i) || !upright)
            return;
    }
    state->getClipBBox(&clip.x0, &clip.y0, &clip.x1, &clip.y1);
    c.box.x0 = std::max(c.box.x0, clip.x0);
    c.box.y0 = std::max(c.box.y0, clip.y0);
    c.box.x1 = std::min(c.box.x1, clip.x1);
    c.box.y1 = std::min(c.box.y1, clip.y1);
    if (!c.box.empty())
        covers.push_back(c);
}

void Device::add_picture(GfxState *state, Object *ref, int width, int height)
{
    Picture p = {Box(), ref && ref->isRef() ? ref->getRefNum() : 0,
                 static_cast<double>(width) * height};
    for (double x : {0.0, 1.0}) {
        for (double y : {0.0, 1.0}) {
            double dx, dy;
            state->transform(x, y, &dx, &dy);
            p.box.add(dx, dy);
        }
    }
    if (pictures.size() < MOST_PAGES)
        pictures.push_back(p);
}

void Device::add_unmapped(const Glyph &g, CharCode code)
{
    unmapped.count++;
    if (unmapped.last != UINT64_MAX && unmapped.last != code)
        unmapped.pairs++;
    unmapped.last = code;
    unmapped.box.add(g.x, g.y - g.size);
    unmapped.box.add(g.end, g.y + g.size / 4);
}

static bool is_character(Unicode u)
{
    bool control = u < 0x20 || (u >= 0x7F && u < 0xA0);
    bool private_use = (u >= 0xE000 && u < 0xF900) || u >= 0xF0000;
    return !control && !private_use && u != 0xFFFD && u != 0xFFFF;
}

void Device::drawChar(GfxState *state, double x, double y, double dx, double dy, double ox,
                      double oy, CharCode code, int nBytes, const Unicode *u, int uLen)
{
    double x0, y0, x1, y1;
    state->transform(x, y, &x0, &y0);
    state->transform(x + dx, y + dy, &x1, &y1);
    double size = std::fabs(state->getTransformedFontSize());
    Glyph g = {static_cast<float>(x0), static_cast<float>(y0), static_cast<float>(std::max(x0, x1)),
               static_cast<float>(size), 0};
    bool known = uLen > 0;
    for (int i = 0; i < uLen; i++)
        known = known && (is_character(u[i]) || u[i] == '\t' || u[i] == '\n' || u[i] == '\r');
    if (known) {
        unmapped.last = UINT64_MAX;
        mapped += u[0] > ' ' && u[0] != 0xA0;
    } else if (std::fabs(dx) + std::fabs(dy) > 0) {
        add_unmapped(g, code);
    }
    if (glyphs.size() + static_cast<size_t>(uLen) + 1 > MOST_GLYPHS) {
        full = true;
        return;
    }
    if (!known)
        glyphs.push_back(g);
    for (int i = 0; known && i < uLen; i++) {
        g.cp = u[i];
        glyphs.push_back(g);
    }
    if (glyphs.size() < MOST_LAID_OUT)
        TextOutputDev::drawChar(state, x, y, dx, dy, ox, oy, code, nBytes, u, uLen);
}

/* --- what lies under rectangles ----------------------------------------------------------------
 */

/* The same glyph drawn once more at the same place is seen after all. */
class Redrawn
{
  public:
    void add(const Glyph &g)
    {
        cells.insert(key(g, 0, 0));
    }
    bool has(const Glyph &g) const
    {
        for (int dx = -1; dx <= 1; dx++) {
            for (int dy = -1; dy <= 1; dy++) {
                if (cells.count(key(g, dx, dy)))
                    return true;
            }
        }
        return false;
    }

  private:
    static uint64_t key(const Glyph &g, int dx, int dy)
    {
        auto x = static_cast<int64_t>(std::floor(g.x / 2)) + dx;
        auto y = static_cast<int64_t>(std::floor(g.y / 2)) + dy;
        return (static_cast<uint64_t>(x) & 0xFFFFF) << 44U |
               (static_cast<uint64_t>(y) & 0xFFFFF) << 24U | g.cp;
    }
    std::unordered_set<uint64_t> cells;
};

static bool is_under(const Glyph &g, const Box &b)
{
    float x = (g.x + g.end) / 2, y = g.y - g.size * 0.35F;
    return x > b.x0 && x < b.x1 && y > b.y0 && y < b.y1;
}

/* Glyphs that a rectangle drawn later hides: blacked out for the eye, and still there to be copied.
 */
static std::vector<Glyph> covered(const std::vector<Glyph> &glyphs,
                                  const std::vector<Cover> &covers)
{
    std::vector<Glyph> out;
    Redrawn redrawn;
    size_t work = 0, at = glyphs.size();
    std::vector<bool> taken(covers.empty() ? 0 : glyphs.size());
    for (size_t k = covers.size(); k-- > 0 && work < MOST_COVERED;) {
        for (; at > covers[k].before; at--)
            redrawn.add(glyphs[at - 1]);
        work += covers[k].before;
        for (size_t i = 0; i < covers[k].before; i++) {
            if (!taken[i] && std::isfinite(glyphs[i].x) && is_under(glyphs[i], covers[k].box) &&
                !redrawn.has(glyphs[i]))
                taken[i] = true;
        }
    }
    for (size_t i = 0; i < taken.size(); i++) {
        if (taken[i])
            out.push_back(glyphs[i]);
    }
    return out;
}

/* --- one page --------------------------------------------------------------------------------- */

static bool is_late(void *ctx)
{
    return static_cast<Report *>(ctx)->late();
}

/* A part of a page to be rendered for OCR, and what is to be said where there is none. */
struct Wanted {
    int number;
    Box box;
    bool whole;
    msh_reason reason;
};

struct Reader {
    PDFDoc &doc;
    Report &report;
    Pages &pages;
    bool ocr;
    std::string plain;
    Device device;
    std::vector<Wanted> wanted;

    Reader(PDFDoc &docA, Report &reportA, Pages &pagesA, bool ocrA)
        : doc(docA), report(reportA), pages(pagesA), ocr(ocrA), device(&plain, reportA)
    {
    }
    void read(int number);
    void say_texts(unsigned page);
    void say_covered(unsigned page);
    void look_at_pictures(Page *page, int number);
    void want(const Wanted &w);
    void render(const Wanted &w);
};

void Reader::say_texts(unsigned page)
{
    report.text(MSH_ROLE_BODY, page, "", plain);
    std::string drawn = in_drawn_order(device.glyphs), lines = in_lines(device.glyphs);
    std::string plain_key = squeeze(plain), drawn_key = squeeze(drawn), lines_key = squeeze(lines);
    if (drawn_key != plain_key)
        report.text(MSH_ROLE_BODY, page, "", drawn);
    if (lines_key != plain_key && lines_key != drawn_key)
        report.text(MSH_ROLE_BODY, page, "", lines);
    std::string columns = in_columns(device.glyphs);
    if (!columns.empty())
        report.text(MSH_ROLE_BODY, page, "", columns);
    pages.drawn += drawn_key;
    pages.drawn += '\n';
}

void Reader::say_covered(unsigned page)
{
    std::string text = in_lines(covered(device.glyphs, device.covers));
    if (squeeze(text).size() > 1)
        report.text(MSH_ROLE_HIDDEN, page, "covered", text);
}

void Reader::want(const Wanted &w)
{
    if (!ocr || pages.rendered + wanted.size() >= report.job->request.pages)
        report.outcome(w.reason, static_cast<unsigned>(w.number));
    else
        wanted.push_back(w);
}

/* A page or a part of it as a grey PGM. */
void Reader::render(const Wanted &w)
{
    const Box &box = w.box;
    auto number = static_cast<unsigned>(w.number);
    double wide = std::max(1.0, box.x1 - box.x0), high = std::max(1.0, box.y1 - box.y0);
    double scale = DPI / 72;
    scale = std::min(scale, std::sqrt(MOST_PIXELS / (wide * high)));
    scale = std::min(scale, 15000 / std::max(wide, high));
    SplashColor white = {255};
    SplashOutputDev out(splashModeMono8, 1, false, white);
    out.startDoc(&doc);
    (void)take_complaints();
    doc.getPage(w.number)->displaySlice(
        &out, scale * 72, scale * 72, 0, true, false, static_cast<int>(box.x0 * scale),
        static_cast<int>(box.y0 * scale), static_cast<int>(std::ceil(wide * scale)),
        static_cast<int>(std::ceil(high * scale)), false, is_late, &report);
    if (take_complaints().damage)
        report.outcome(MSH_REASON_PDF_CORRUPT, number);
    const SplashBitmap *bitmap = out.getBitmap();
    char head[64];
    int n = std::snprintf(head, sizeof head, "P5\n%d %d\n255\n", bitmap->getWidth(),
                          bitmap->getHeight());
    std::string pnm(head, static_cast<size_t>(n));
    const unsigned char *row = bitmap->getDataPtr();
    for (int y = 0; y < bitmap->getHeight(); y++, row += bitmap->getRowSize())
        pnm.append(reinterpret_cast<const char *>(row), static_cast<size_t>(bitmap->getWidth()));
    pages.rendered++;
    report.image(number, w.whole, pnm);
}

void Reader::look_at_pictures(Page *page, int number)
{
    Box whole, figures;
    PDFRectangle media = *page->getMediaBox();
    bool turned = page->getRotate() % 180 != 0;
    double w = std::fabs(media.x2 - media.x1), h = std::fabs(media.y2 - media.y1);
    whole.add(0, 0);
    whole.add(turned ? h : w, turned ? w : h);
    for (const Picture &p : device.pictures) {
        if (p.pixels > LARGEST_IMAGE) {
            report.outcome(MSH_REASON_LIMIT_MEMORY, static_cast<unsigned>(number),
                           static_cast<uint64_t>(p.pixels));
            return;
        }
        if (p.object && pages.figures.count(p.object))
            continue;
        if (p.box.x1 - p.box.x0 < SMALL_WIDTH && p.box.y1 - p.box.y0 < SMALL_WIDTH)
            continue;
        if (p.box.x1 - p.box.x0 < SMALL_HEIGHT || p.box.y1 - p.box.y0 < SMALL_HEIGHT)
            continue;
        pages.figures.insert(p.object);
        figures.add(p.box);
    }
    bool blind = device.unmapped.count >= 2 &&
                 (device.unmapped.pairs >= 1 || device.unmapped.count * 10 > device.mapped);
    bool drawn = !device.pictures.empty() || device.outline >= OUTLINE_POINTS;
    if (blind) {
        want({number, whole, device.mapped == 0, MSH_REASON_PDF_GLYPHS});
    } else if (device.mapped == 0 && drawn) {
        want({number, whole, true, MSH_REASON_PDF_NO_TEXT});
    } else if (!figures.empty()) {
        figures.x0 = std::max(figures.x0, whole.x0);
        figures.y0 = std::max(figures.y0, whole.y0);
        figures.x1 = std::min(figures.x1, whole.x1);
        figures.y1 = std::min(figures.y1, whole.y1);
        if (!figures.empty())
            want({number, figures, false, MSH_REASON_IMAGE_NEEDS_OCR});
    }
}

void Reader::read(int number)
{
    Page *page = doc.getPage(number);
    auto n = static_cast<unsigned>(number);
    device.clear();
    plain.clear();
    (void)take_complaints();
    page->display(&device, 72, 72, 0, true, false, false, is_late, &report);
    if (take_complaints().damage)
        report.outcome(MSH_REASON_PDF_CORRUPT, n);
    if (device.full)
        report.outcome(MSH_REASON_LIMIT_DECODED, n, MOST_GLYPHS);
    if (!report.charge(device.glyphs.size() * sizeof(Glyph)))
        return;
    say_texts(n);
    say_covered(n);
    look_at_pictures(page, number);
}

/* Layers that are switched off are read too. */
static void show_layers(PDFDoc &doc)
{
    OCGs *layers = doc.getOptContentConfig();
    if (!layers || !layers->isOk())
        return;
    for (const auto &layer : layers->getOCGs())
        layer.second->setState(OptionalContentGroup::On);
}

static void count_page(PDFDoc &doc, int number, Report &report, Pages &pages)
{
    Page *page = doc.getPage(number);
    auto n = static_cast<unsigned>(number);
    if (!page || !page->isOk()) {
        report.outcome(MSH_REASON_PDF_CORRUPT, n);
        return;
    }
    if (!pages.page_of.emplace(page->getRef().num, n).second)
        return;
    pages.numbers.push_back(number);
    Object annots = page->getAnnotsObject();
    for (int i = 0; annots.isArray() && i < annots.arrayGetLength(); i++) {
        const Object &a = annots.arrayGetNF(i);
        if (a.isRef())
            pages.page_of.emplace(a.getRefNum(), n);
    }
}

/* The tree as it stands, whatever its counts say: false when a node stands in it twice, or when
 * there are more leaves than pages were counted. */
static bool tree_holds(PDFDoc &doc, Report &report, size_t counted)
{
    XRef *xref = doc.getXRef();
    Object catalog = xref->getCatalog();
    std::set<int> visited;
    std::vector<Ref> open;
    size_t leaves = 0;
    if (catalog.isDict() && catalog.dictLookupNF("Pages").isRef())
        open.push_back(catalog.dictLookupNF("Pages").getRef());
    while (!open.empty() && !report.late()) {
        Ref ref = open.back();
        open.pop_back();
        if (!visited.insert(ref.num).second)
            return false;
        Object node = xref->fetch(ref);
        Object kids = node.isDict() ? node.dictLookup("Kids") : Object(objNull);
        leaves += node.isDict() && !kids.isArray();
        for (int i = 0; kids.isArray() && i < kids.arrayGetLength(); i++) {
            if (kids.arrayGetNF(i).isRef())
                open.push_back(kids.arrayGetNF(i).getRef());
        }
    }
    return leaves <= counted;
}

void count_pages(PDFDoc &doc, Report &report, Pages &pages)
{
    int count = doc.getNumPages();
    if (count <= 0)
        report.outcome(MSH_REASON_PDF_CORRUPT);
    for (int i = 1; i <= count && !report.late(); i++) {
        if (i > static_cast<int>(MOST_PAGES)) {
            report.outcome(MSH_REASON_LIMIT_MEMBERS, 0, MOST_PAGES);
            break;
        }
        count_page(doc, i, report, pages);
    }
    if (take_complaints().damage || !tree_holds(doc, report, pages.numbers.size()))
        report.outcome(MSH_REASON_PDF_CORRUPT);
}

void read_pages(PDFDoc &doc, Report &report, Pages &pages, const std::function<void()> &texts_read)
{
    bool ocr = report.job->request.flags & MSH_WIRE_WANT_OCR;
    Reader reader(doc, report, pages, ocr);
    show_layers(doc);
    for (int number : pages.numbers) {
        if (report.late())
            break;
        reader.read(number);
    }
    if (texts_read)
        texts_read();
    for (const Wanted &w : reader.wanted) {
        if (report.late())
            break;
        reader.render(w);
    }
}

} // namespace pdf
