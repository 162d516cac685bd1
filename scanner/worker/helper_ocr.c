/* helper_ocr.c: mishen-ocr, the helper program for pictures (extraction.md section 2).
 *
 * Text with tesseract, codes with zbar. A picture is read as it is, and again faint, inverted,
 * turned or unstacked where the first reading says little. Refuses too many pixels and pages. */
#include "worker/helper_ocr.h"

#include "base/clock.h"
#include "base/cursor.h"
#include "base/mem.h"
#include "base/self.h"
#include "base/view.h"

#include <stdio.h>
#include <string.h>
#include <tesseract/capi.h>
#include <unistd.h>
#include <zbar.h>

enum {
    GOOD_CONFIDENCE = 60, /* of a word that counts as read */
    ENOUGH = 8,           /* characters: no other reading is tried */
    SHORT = 20,           /* characters: other sizes are tried */
    PAGE_MS = 10000,
    PLAIN_MS = 5000,
    COPIES_MS = 2500, /* of processor time: no further copy of a picture is read after so long */
    ICON = 18000,     /* pixels, scaled up: no copies of anything this small */
    PPI = 200,
    MS_NS = 1000000,
    MOST_READINGS = 16
};
#define TESSDATA "tesseract-ocr/5/tessdata" /* below share/ */

typedef struct ocr {
    TessBaseAPI *text;
    TessBaseAPI *vertical;      /* NULL: no model for it */
    char models[MSH_SELF_PATH]; /* beside this program (an offline bundle), else the system's */
    zbar_image_scanner_t *codes;
} ocr;

/* What one reading of a picture gave. */
typedef struct reading {
    uint64_t chars, confidence; /* characters in good words; sum of their confidence */
    uint64_t seen;              /* characters at all */
} reading;

typedef struct page {
    ocr *o;
    msh_serve_job *job;
    uint32_t number;
    reading best;
    uint64_t until_ns, copies_until_ns;
    bool first;                   /* the picture as it is, not a copy */
    uint64_t said[MOST_READINGS]; /* digests: two readings that agree are said once */
    unsigned n_said;
} page;

/* --- texts
 * ---------------------------------------------------------------------------------------- */

/* FNV-1a; texts of one picture only. */
static bool is_said(page *p, msh_view utf8)
{
    uint64_t h = 14695981039346656037ull;
    for (size_t i = 0; i < utf8.len; i++)
        h = (h ^ utf8.data[i]) * 1099511628211ull;
    for (unsigned i = 0; i < p->n_said; i++) {
        if (p->said[i] == h)
            return true;
    }
    if (p->n_said < MOST_READINGS)
        p->said[p->n_said++] = h;
    return false;
}

static void say(page *p, const char *name, msh_view utf8)
{
    msh_wire_item item = {
        .what = MSH_WIRE_TEXT, .role = MSH_ROLE_OCR, .page = p->number, .name = msh_view_str(name)};
    if (utf8.len && !is_said(p, utf8))
        msh_serve_item(p->job, &item, utf8);
}

static bool is_wide(const uint8_t *c)
{
    return c[0] >= 0xE2 && c[0] < 0xF8;
}

/* tesseract parts Chinese characters by blanks: those between two of them go. */
static void put_without_blanks(msh_buf *out, msh_view in)
{
    for (size_t i = 0; i < in.len; i++) {
        bool after = i >= 3 && in.data[i - 1] >= 0x80 && is_wide(in.data + i - 3);
        bool before = i + 1 < in.len && is_wide(in.data + i + 1);
        if (in.data[i] == ' ' && after && before)
            continue;
        msh_buf_put_byte(out, in.data[i]);
    }
}

static size_t count_chars(const char *utf8)
{
    size_t n = 0;
    for (; utf8 && *utf8; utf8++)
        n += ((unsigned char)*utf8 & 0xC0) != 0x80 && (unsigned char)*utf8 > ' ';
    return n;
}

static reading count_words(TessBaseAPI *api)
{
    reading r = {0};
    TessResultIterator *at = TessBaseAPIGetIterator(api);
    if (!at)
        return r;
    do {
        char *word = TessResultIteratorGetUTF8Text(at, RIL_WORD);
        float confidence = TessResultIteratorConfidence(at, RIL_WORD);
        size_t n = count_chars(word);
        r.seen += n;
        if (confidence >= GOOD_CONFIDENCE) {
            r.chars += n;
            r.confidence += n * (uint64_t)confidence;
        }
        TessDeleteText(word);
    } while (TessResultIteratorNext(at, RIL_WORD));
    TessResultIteratorDelete(at);
    return r;
}

static int time_left_ms(const page *p)
{
    uint64_t now = msh_clock_ns();
    return now >= p->until_ns ? 0 : (int)((p->until_ns - now) / MS_NS);
}

/* One reading; its text is said, the best count kept. false: it did not come to its end in time. */
static bool read_text(page *p, TessBaseAPI *api, PIX *pix, TessPageSegMode mode)
{
    int ms = time_left_ms(p);
    if (!pix || !api || ms == 0 || msh_serve_late(p->job))
        return false;
    ETEXT_DESC *monitor = TessMonitorCreate();
    TessMonitorSetDeadlineMSecs(monitor, ms);
    TessBaseAPISetPageSegMode(api, mode);
    TessBaseAPISetImage2(api, pix);
    TessBaseAPISetSourceResolution(api, PPI);
    bool done = TessBaseAPIRecognize(api, monitor) == 0;
    TessMonitorDelete(monitor);
    char *text = done ? TessBaseAPIGetUTF8Text(api) : NULL;
    reading r = done ? count_words(api) : (reading){0};
    msh_buf joined;
    msh_buf_init(&joined, 16u << 20);
    put_without_blanks(&joined, msh_view_str(text));
    if (r.seen && msh_buf_err(&joined) == MSH_OK)
        say(p, "", msh_buf_view(&joined));
    if (r.chars > p->best.chars)
        p->best = r;
    done = done && msh_buf_err(&joined) == MSH_OK;
    msh_buf_dispose(&joined);
    TessDeleteText(text);
    TessBaseAPIClear(api);
    return done;
}

/* --- codes
 * ---------------------------------------------------------------------------------------- */

static void say_codes(page *p, const zbar_image_t *image)
{
    const zbar_symbol_t *s = zbar_image_first_symbol(image);
    for (; s; s = zbar_symbol_next(s)) {
        msh_view data = msh_view_of(zbar_symbol_get_data(s), zbar_symbol_get_data_length(s));
        say(p, "qr", data);
        p->best.chars += data.len;
        p->best.confidence += data.len * 100;
    }
}

static void read_codes(page *p, PIX *grey)
{
    l_int32 w = pixGetWidth(grey), h = pixGetHeight(grey);
    size_t size;
    if (!msh_mul_size((size_t)w, (size_t)h, &size) || !size)
        return;
    uint8_t *rows = msh_alloc(size);
    zbar_image_t *image = zbar_image_create();
    for (l_int32 y = 0; rows && y < h; y++) {
        const l_uint32 *row = pixGetData(grey) + (size_t)y * (size_t)pixGetWpl(grey);
        for (l_int32 x = 0; x < w; x++)
            rows[(size_t)y * (size_t)w + (size_t)x] = (uint8_t)GET_DATA_BYTE(row, x);
    }
    if (rows && image) {
        zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
        zbar_image_set_size(image, (unsigned)w, (unsigned)h);
        zbar_image_set_data(image, rows, size, NULL);
        if (zbar_scan_image(p->o->codes, image) > 0)
            say_codes(p, image);
    }
    if (image)
        zbar_image_destroy(image);
    msh_free(rows);
}

/* --- pictures
 * ------------------------------------------------------------------------------------- */

static bool says_little(const page *p)
{
    return p->best.chars < ENOUGH;
}

/* Copies are extra: when time is short they are left out. */
static void read_copy(page *p, PIX *copy, TessPageSegMode mode)
{
    if (copy && msh_clock_cpu_ns() < p->copies_until_ns)
        (void)read_text(p, p->o->text, copy, mode);
    pixDestroy(&copy);
}

/* The picture as it is; textures keep tesseract busy, then half the size must do. */
static void read_plain(page *p, PIX *grey)
{
    uint64_t until = p->until_ns;
    p->until_ns = msh_clock_ns() + (uint64_t)PLAIN_MS * MS_NS;
    bool done = read_text(p, p->o->text, grey, PSM_AUTO);
    p->until_ns = until;
    if (done)
        return;
    PIX *half = pixScale(grey, 0.5F, 0.5F);
    if (!read_text(p, p->o->text, half, PSM_AUTO))
        msh_serve_outcome(p->job, MSH_REASON_LIMIT_TIME, p->number, 0);
    pixDestroy(&half);
}

/* The picture as it is, then what only copies show. shape: what of it is opaque, may be NULL. */
static void read_picture(page *p, PIX *grey, PIX *shape)
{
    static const l_float32 scales[] = {0.8F, 0.5F}; /* large writing is read better small */
    msh_pix_look look = msh_pix_look_at(grey);
    read_codes(p, grey);
    if (look.faint + look.ink < 0.00005) { /* one colour all over */
        read_copy(p, pixClone(shape), PSM_AUTO);
        return;
    }
    read_plain(p, grey);
    if ((uint64_t)pixGetWidth(grey) * (uint64_t)pixGetHeight(grey) < ICON)
        return;
    if (look.faint > 0.002 && (look.faint > look.ink || says_little(p)))
        read_copy(p, msh_pix_faint(grey, &look), PSM_AUTO);
    if (look.dark)
        read_copy(p, msh_pix_inverted(grey), PSM_AUTO);
    read_copy(p, pixClone(shape), PSM_AUTO);
    for (unsigned i = 0; i < sizeof scales / sizeof scales[0] && p->best.chars < SHORT; i++)
        read_copy(p, pixScale(grey, scales[i], scales[i]), PSM_SINGLE_BLOCK);
    if (!says_little(p))
        return;
    if (p->o->vertical && msh_clock_cpu_ns() < p->copies_until_ns)
        (void)read_text(p, p->o->vertical, grey, PSM_SINGLE_BLOCK_VERT_TEXT);
    if (!p->o->vertical)
        read_copy(p, msh_pix_unstacked(grey), PSM_SINGLE_LINE);
    for (int quarters = 1; quarters <= 3 && says_little(p); quarters++)
        read_copy(p, msh_pix_turned(grey, quarters), PSM_AUTO);
    if (says_little(p))
        read_copy(p, pixClone(grey), PSM_SPARSE_TEXT);
}

static void document(void *ctx, msh_serve_job *job)
{
    msh_reason reason;
    uint64_t reached, confidence = 0;
    msh_wire_stats stats = {0};
    unsigned n = msh_pix_count(job->bytes, &reason, &reached);
    if (n == 0)
        msh_serve_outcome(job, reason, 0, reached);
    if (n && msh_pix_moves(job->bytes))
        msh_serve_outcome(job, MSH_REASON_IMAGE_NEEDS_OCR, 2, 0);
    for (unsigned i = 0; i < n; i++) {
        if (i >= job->request.pages || msh_serve_late(job)) {
            msh_serve_outcome(job, MSH_REASON_IMAGE_NEEDS_OCR, i + 1, n);
            break;
        }
        page p = {.o = ctx, .job = job, .number = i + 1};
        p.until_ns = msh_clock_ns() + (uint64_t)PAGE_MS * MS_NS;
        p.copies_until_ns = msh_clock_cpu_ns() + (uint64_t)COPIES_MS * MS_NS;
        PIX *shape, *grey = msh_pix_read(job->bytes, i, &shape);
        if (!grey) {
            msh_serve_outcome(job, MSH_REASON_IMAGE_CORRUPT, i + 1, 0);
            pixDestroy(&shape);
            continue;
        }
        read_picture(&p, grey, shape);
        pixDestroy(&grey);
        pixDestroy(&shape);
        stats.pages++;
        stats.chars += p.best.chars;
        confidence += p.best.confidence;
    }
    stats.confidence = stats.chars ? (uint32_t)(confidence / stats.chars) : 0;
    if (stats.confidence > 100)
        stats.confidence = 100;
    if (stats.pages)
        msh_serve_stats(job, &stats);
}

/* --- start
 * ---------------------------------------------------------------------------------------- */

static TessBaseAPI *open_model(const ocr *o, const char *languages)
{
    TessBaseAPI *api = TessBaseAPICreate();
    if (api && TessBaseAPIInit3(api, o->models, languages) != 0) {
        TessBaseAPIDelete(api);
        return NULL;
    }
    return api;
}

static bool start(void *ctx)
{
    ocr *o = ctx;
    setMsgSeverity(L_SEVERITY_NONE);
    o->text = open_model(o, "chi_sim");
    char vertical[MSH_SELF_PATH + 32];
    (void)snprintf(vertical, sizeof vertical, "%s/chi_sim_vert.traineddata", o->models);
    if (access(vertical, R_OK) == 0)
        o->vertical = open_model(o, "chi_sim_vert");
    o->codes = zbar_image_scanner_create();
    if (!o->text || !o->codes)
        return false;
    (void)zbar_image_scanner_set_config(o->codes, ZBAR_NONE, ZBAR_CFG_ENABLE, 1);
    (void)zbar_image_scanner_set_config(o->codes, ZBAR_QRCODE, ZBAR_CFG_TEST_INVERTED, 1);
    return true;
}

int main(int argc, char **argv)
{
    static ocr o;
    static const char *const folders[] = {o.models};
    msh_self_share(TESSDATA, o.models);
    msh_serve_program program = {.ctx = &o,
                                 .start = start,
                                 .folders = folders,
                                 .n_folders = sizeof folders / sizeof folders[0],
                                 .document = document};
    return msh_serve_main(&program, argc, argv);
}
