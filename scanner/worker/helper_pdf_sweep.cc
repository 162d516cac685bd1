/* helper_pdf_sweep.cc: every object of a PDF, used or not (extraction.md section 2, domain.md
 * section 6): strings of dictionaries, streams that are no page content, what only stands in the
 * bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later (helper_pdf.LICENSE)
 * Bounded: nothing follows references, streams are decoded up to a cap, the clock is read. */
#include "worker/helper_pdf.hh"

#include <Dict.h>
#include <Lexer.h>
#include <Parser.h>
#include <Stream.h>
#include <XRef.h>

#include <algorithm>
#include <cstring>

namespace pdf
{

static const size_t HEAD = 4096;
static const size_t STREAM_PART = 65536;
static const size_t MOST_OF_BOMB = 1 << 20; /* of a stream that does not end, handed on */
static const size_t MOST_GROUPED = 1 << 20;
static const size_t MOST_STRAYS = 200000;
static const unsigned MOST_VARIANTS = 4;
static const int DEEPEST = 400; /* poppler cuts at 500 and does not say so */
static const uint64_t MOST_COMPARED = 256ull << 20;

/* --- strings ---------------------------------------------------------------------------------- */

static bool is_one_of(const std::string &key, std::initializer_list<const char *> names)
{
    return std::any_of(names.begin(), names.end(), [&](const char *n) { return key == n; });
}

void Sweep::flush()
{
    for (auto &g : groups) {
        if (g.first.certain)
            report.text(g.first.role, g.first.page, g.first.key, g.second);
        else
            report.bytes(g.first.role, g.first.page, g.first.key, g.second);
    }
    groups.clear();
    grouped = 0;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = static_cast<char>(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static std::string without_percents(const std::string &uri)
{
    std::string out;
    for (size_t i = 0; i < uri.size(); i++) {
        int high = i + 2 < uri.size() && uri[i] == '%' ? hex_digit(uri[i + 1]) : -1;
        int low = high < 0 ? -1 : hex_digit(uri[i + 2]);
        if (low >= 0)
            i += 2;
        out += low < 0 ? uri[i] : static_cast<char>(high << 4 | low);
    }
    return out;
}

void Sweep::add_string(const std::string &raw, const std::string &key, msh_role role, int number)
{
    std::string utf8;
    Kind kind = read_string(raw, utf8);
    if (kind == Kind::Empty)
        return;
    auto page = pages.page_of.find(number);
    Group g = {role, page == pages.page_of.end() ? 0 : page->second, key, kind == Kind::Text};
    bool digest =
        is_one_of(key, {"ID", "O", "U", "OE", "UE", "Perms", "CheckSum", "Cert", "ByteRange"});
    if (kind == Kind::Binary || (digest && kind == Kind::Unknown)) {
        g.role = MSH_ROLE_RAW;
        utf8 = raw;
    }
    if (key == "URI" && raw.find('%') != std::string::npos && kind == Kind::Text)
        add_string(without_percents(utf8), "URI ", role, number);
    std::string id = std::to_string(g.page) + '/' + std::to_string(g.role) + key + '\0' + utf8;
    if (!seen.insert(std::hash<std::string>()(id)).second || !report.charge(utf8.size()))
        return;
    groups[g] += utf8 + '\n';
    grouped += utf8.size() + 1;
    if (grouped > MOST_GROUPED)
        flush();
}

static msh_role role_of(const std::string &key, msh_role in)
{
    if (is_one_of(key, {"F", "UF", "Desc", "DOS", "Unix", "Mac"}))
        return MSH_ROLE_NAME;
    if (is_one_of(key, {"V", "DV", "RV"}))
        return MSH_ROLE_BODY;
    if (is_one_of(key, {"Alt", "ActualText", "E", "TU", "URI", "JS"}))
        return MSH_ROLE_ATTR;
    return in;
}

static msh_role role_of_dict(Dict *dict)
{
    if (dict->hasKey("Rect") && dict->hasKey("Subtype"))
        return MSH_ROLE_COMMENT;
    for (const char *key : {"Producer", "CreationDate", "ModDate", "Author", "Creator"}) {
        if (dict->hasKey(key))
            return MSH_ROLE_META;
    }
    return MSH_ROLE_ATTR;
}

void Sweep::add_fonts(const Object &named, Fonts &to)
{
    Object dict = named.isRef() && xref ? xref->fetch(named.getRef()) : named.copy();
    if (!dict.isDict())
        return;
    for (int i = 0; i < dict.dictGetLength(); i++) {
        const Object &font = dict.dictGetValNF(i);
        std::vector<Ref> &known = to[dict.dictGetKey(i)];
        if (font.isRef() && std::find(known.begin(), known.end(), font.getRef()) == known.end() &&
            known.size() < 64)
            known.push_back(font.getRef());
        if (known.empty())
            to.erase(dict.dictGetKey(i));
    }
}

static std::string string_of(const Object &o)
{
    return o.isString() ? o.getString()->toStr() : std::string();
}

/* The streams of a file specification, with the name that people see. */
void Sweep::add_attachment(Dict *dict)
{
    Object ef = dict->lookup("EF");
    if (!ef.isDict())
        return;
    std::string raw = string_of(dict->lookup("UF")), name;
    if (raw.empty())
        raw = string_of(dict->lookup("F"));
    if (read_string(raw, name) == Kind::Binary)
        name = raw;
    for (int i = 0; i < ef.dictGetLength(); i++) {
        const Object &o = ef.dictGetValNF(i);
        if (o.isRef())
            attachments[o.getRefNum()] = name.empty() ? "attachment" : name;
    }
}

void Sweep::walk_dict(Dict *dict, const Owner &owner)
{
    msh_role role = owner.number == info && info ? MSH_ROLE_META : role_of_dict(dict);
    if (dict->hasKey("EF"))
        add_attachment(dict);
    for (int i = 0; i < dict->getLength(); i++) {
        const char *name = dict->getKey(i);
        const Object &value = dict->getValNF(i);
        if (std::any_of(name, name + strlen(name), [](char c) { return c < 0 || c == 0x7F; }))
            add_string(name, "key", MSH_ROLE_NAME, owner.number);
        if (strcmp(name, "Font") == 0)
            add_fonts(value, fonts);
        if (value.isRef())
            key_of.emplace(value.getRefNum(), name);
        walk(value, name, role_of(name, role), {owner.number, owner.depth + 1});
    }
}

void Sweep::walk(const Object &o, const std::string &key, msh_role role, const Owner &owner)
{
    if (owner.depth > DEEPEST) {
        report.outcome(MSH_REASON_LIMIT_DEPTH, 0, DEEPEST);
        return;
    }
    if (o.isString()) {
        add_string(o.getString()->toStr(), key, role, owner.number);
    } else if (o.isHexString()) {
        add_string(o.getHexString()->toStr(), key, role, owner.number);
    } else if (o.isName()) {
        const char *n = o.getName();
        if (key == "BaseFont" || std::any_of(n, n + strlen(n), [](char c) { return c < 0; }))
            add_string(n, key, MSH_ROLE_NAME, owner.number);
    } else if (o.isArray()) {
        for (int i = 0; i < o.arrayGetLength(); i++) {
            const Object &e = o.arrayGetNF(i);
            if (e.isRef())
                key_of.emplace(e.getRefNum(), key);
            walk(e, key, role, {owner.number, owner.depth + 1});
        }
    } else if (o.isDict()) {
        walk_dict(o.getDict(), owner);
    } else if (o.isStream()) {
        walk_dict(o.getStream()->getDict(), owner);
    } else if ((o.isCmd() || o.isError()) && owner.number > 0) {
        report.outcome(MSH_REASON_PDF_CORRUPT); /* not an object: nested too deep, or damaged */
    }
}

/* --- objects ---------------------------------------------------------------------------------- */

static bool is_blank(unsigned char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0;
}

static size_t find(msh_view v, const char *word, size_t from)
{
    if (from >= v.len)
        return SIZE_MAX;
    const void *p = memmem(v.data + from, v.len - from, word, strlen(word));
    return p ? static_cast<size_t>(static_cast<const uint8_t *>(p) - v.data) : SIZE_MAX;
}

/* A number that ends before `at`; *at becomes its beginning. -1: none. */
static int number_before(msh_view v, size_t *at)
{
    size_t end = *at;
    while (end && is_blank(v.data[end - 1]))
        end--;
    if (end == *at)
        return -1;
    size_t from = end;
    while (from && end - from < 9 && v.data[from - 1] >= '0' && v.data[from - 1] <= '9')
        from--;
    int n = 0;
    for (size_t i = from; i < end; i++)
        n = n * 10 + (v.data[i] - '0');
    *at = from;
    return from == end ? -1 : n;
}

/* The bytes of an object that reads as null hold something else: poppler would not read it. */
bool Sweep::is_refused(int number, Goffset at) const
{
    msh_view v = report.job->bytes;
    if (at < 0 || static_cast<size_t>(at) >= v.len)
        return false;
    size_t word = find(v, "obj", static_cast<size_t>(at)), i = word + 3;
    if (word == SIZE_MAX || word - static_cast<size_t>(at) > 24)
        return false;
    int gen = number_before(v, &word);
    if (gen < 0 || number_before(v, &word) != number)
        return false;
    while (i < v.len && is_blank(v.data[i]))
        i++;
    return i + 4 <= v.len && memcmp(v.data + i, "null", 4) != 0 &&
           memcmp(v.data + i, "endo", 4) != 0;
}

void Sweep::table()
{
    Object *trailer = xref->getTrailerDict();
    if (trailer->isDict() && trailer->dictLookupNF("Info").isRef())
        info = trailer->dictLookupNF("Info").getRefNum();
    for (int i = 0; i < xref->getNumObjects() && !report.late(); i++) {
        const XRefEntry *e = xref->getEntry(i, false);
        if (!e || (e->type != xrefEntryUncompressed && e->type != xrefEntryCompressed))
            continue;
        bool packed = e->type == xrefEntryCompressed;
        Goffset offset = e->offset; /* reading an object may build the table anew: e is gone then */
        Object o = xref->fetch(i, packed ? 0 : e->gen);
        walk(o, "", MSH_ROLE_ATTR, {i, 0});
        if (o.isNull() && !packed && is_refused(i, offset + start))
            report.outcome(MSH_REASON_PDF_CORRUPT);
        if (o.isStream() && o.getStream()->getDict()->is("ObjStm"))
            object_stream(o); /* it may hold objects that a later one replaced */
        else if (o.isStream() && !o.getStream()->getDict()->is("XRef"))
            stream_numbers.push_back(i);
    }
    if (trailer->isDict())
        walk(*trailer, "", MSH_ROLE_META, {0, 0});
    flush();
}

bool Sweep::is_live(int number, size_t at) const
{
    if (!xref || number < 0 || number >= xref->getNumObjects())
        return false;
    const XRefEntry *e = xref->getEntry(number, false);
    Goffset place = e && e->type == xrefEntryUncompressed ? e->offset + start : -1;
    Goffset off = static_cast<Goffset>(at) - place;
    return place >= 0 && off >= 0 && off < 8;
}

void Sweep::stray_at(size_t at, size_t end, int number, int gen)
{
    unsigned char *file_key = nullptr;
    CryptAlgorithm algorithm = cryptRC4;
    int key_length = 0;
    if (xref && xref->isEncrypted())
        xref->getEncryptionParameters(&file_key, &algorithm, &key_length);
    const char *bytes = reinterpret_cast<const char *>(report.job->bytes.data);
    auto *stream = new MemStream(const_cast<char *>(bytes), static_cast<Goffset>(at),
                                 static_cast<Goffset>(end - at), Object(objNull));
    Parser parser(xref, stream, true);
    Object o = parser.getObj(false, file_key, algorithm, key_length, number, gen, 0);
    walk(o, "", MSH_ROLE_ATTR, {-1, 0});
    if (!o.isStream())
        return;
    Dict *dict = o.getStream()->getDict();
    if (dict->is("ObjStm"))
        object_stream(o);
    else if (!dict->is("XRef"))
        stray_streams.push_back(std::move(o));
}

/* All objects of an object stream, also those that the table does not name. */
void Sweep::object_stream(Object &o)
{
    Dict *dict = o.getStream()->getDict();
    Object n = dict->lookup("N"), first = dict->lookup("First");
    std::string bytes;
    decode(o.getStream(), report.job->request.item_bytes, bytes);
    if (!n.isInt() || !first.isInt() || first.getInt() < 0 ||
        static_cast<size_t>(first.getInt()) > bytes.size())
        return;
    auto *stream =
        new MemStream(bytes.data(), first.getInt(),
                      static_cast<Goffset>(bytes.size()) - first.getInt(), Object(objNull));
    Parser parser(xref, stream, false);
    for (int i = 0; i < n.getInt() && !report.late(); i++) {
        Object one = parser.getObj();
        if (one.isEOF())
            break;
        walk(one, "", MSH_ROLE_ATTR, {-1, 0});
    }
}

void Sweep::strays()
{
    msh_view v = report.job->bytes;
    size_t found = 0, end = 0;
    for (size_t at = find(v, "obj", 0); at != SIZE_MAX && !report.late();
         at = find(v, "obj", at + 3)) {
        size_t head = at;
        int gen = number_before(v, &head);
        int number = gen < 0 ? -1 : number_before(v, &head);
        if (number < 0 || is_live(number, head))
            continue;
        if (++found > MOST_STRAYS) {
            report.outcome(MSH_REASON_LIMIT_MEMBERS, 0, MOST_STRAYS);
            break;
        }
        if (end != SIZE_MAX && end < at + 3)
            end = find(v, "endobj", at + 3);
        stray_at(at + 3, end == SIZE_MAX ? v.len : std::min(v.len, end + 6), number, gen);
    }
    flush();
}

/* --- streams ---------------------------------------------------------------------------------- */

/* Up to `most` decoded bytes; false when there is more. */
bool Sweep::decode(Stream *s, size_t most, std::string &out)
{
    out.clear();
    s->reset();
    for (;;) {
        size_t had = out.size(), want = std::min(STREAM_PART, most + 1 - had);
        out.resize(had + want);
        int n = s->doGetChars(static_cast<int>(want), reinterpret_cast<unsigned char *>(&out[had]));
        out.resize(had + static_cast<size_t>(std::max(0, n)));
        if (n <= 0 || out.size() > most || !report.charge(static_cast<uint64_t>(n)) ||
            report.late())
            break;
    }
    s->close();
    bool whole = out.size() <= most;
    if (!whole)
        out.resize(most);
    return whole;
}

static bool is_document(const std::string &b)
{
    static const std::pair<const char *, size_t> magics[] = {{"PK\3\4", 4},
                                                             {"%PDF-", 5},
                                                             {"\xD0\xCF\x11\xE0", 4},
                                                             {"7z\xBC\xAF\x27\x1C", 6},
                                                             {"Rar!", 4},
                                                             {"\x1F\x8B\x08", 3},
                                                             {"{\\rtf", 5},
                                                             {"BZh", 3},
                                                             {"\xFD"
                                                              "7zXZ",
                                                              5},
                                                             {"\x89PNG", 4},
                                                             {"GIF8", 4},
                                                             {"\xFF\xD8\xFF", 3},
                                                             {"II*\0", 4},
                                                             {"MM\0*", 4},
                                                             {"SQLite format 3", 15},
                                                             {"\xFE\xFF", 2},
                                                             {"\xFF\xFE", 2},
                                                             {"\xEF\xBB\xBF", 3}};
    for (const auto &m : magics) {
        if (b.size() >= m.second && memcmp(b.data(), m.first, m.second) == 0)
            return true;
    }
    return b.size() > 262 && b.compare(257, 5, "ustar") == 0;
}

static bool is_text(const std::string &b)
{
    size_t n = std::min(b.size(), HEAD), control = 0;
    for (size_t i = 0; i < n; i++) {
        auto c = static_cast<unsigned char>(b[i]);
        if (c == 0)
            return false;
        control += (c < 0x20 && !is_blank(c)) || c == 0x7F;
    }
    return control * 50 <= n;
}

static bool is_image(Dict *dict)
{
    return dict->hasKey("Width") && dict->hasKey("Height") &&
           (dict->hasKey("BitsPerComponent") || dict->hasKey("ColorSpace") ||
            dict->hasKey("ImageMask") || dict->hasKey("Filter"));
}

/* Streams whose bytes are for machines: looked at for a document in disguise only. */
static bool is_machinery(Dict *dict, const std::string &key)
{
    for (const char *k : {"FunctionType", "ShadingType", "HalftoneType", "Length1", "CMapName"}) {
        if (dict->hasKey(k))
            return true;
    }
    return is_one_of(key, {"FontFile", "FontFile2", "FontFile3", "ToUnicode", "CIDToGIDMap",
                           "CIDSet", "DestOutputProfile", "JBIG2Globals"});
}

static bool is_profile(const std::string &b)
{
    return b.size() > 128 && b.compare(36, 4, "acsp") == 0;
}

/* The bytes below a codec for pictures. */
static Stream *below_codec(Stream *s)
{
    while (s->getKind() == strDCT || s->getKind() == strJPX || s->getKind() == strJBIG2 ||
           s->getKind() == strCCITTFax) {
        Stream *next = s->getNextStream();
        if (!next)
            break;
        s = next;
    }
    return s;
}

void Sweep::read_stream(Object &o, int number, bool stray)
{
    Dict *dict = o.getStream()->getDict();
    auto named = attachments.find(number);
    bool attached = (!stray && named != attachments.end()) || dict->is("EmbeddedFile");
    auto key = key_of.find(number);
    std::string under = stray || key == key_of.end() ? "" : key->second;
    bool machine = !attached && (is_image(dict) || is_machinery(dict, under));
    Stream *s = machine ? below_codec(o.getStream()) : o.getStream();
    std::string bytes, name = attached && named != attachments.end() ? named->second : under;
    bool whole = decode(s, machine ? HEAD : report.job->request.item_bytes, bytes);
    if (machine) {
        bool itself = s != o.getStream() && bytes.compare(0, 2, "\xFF\xD8") == 0;
        if (itself || !is_document(bytes))
            return;
        whole = decode(s, report.job->request.item_bytes, bytes);
    }
    if (!whole) {
        bomb = true;
        report.outcome(MSH_REASON_LIMIT_MEMBER_SIZE, 0, bytes.size());
        bytes.resize(std::min(bytes.size(), MOST_OF_BOMB));
    }
    if (bytes.empty())
        return;
    if (attached || is_document(bytes)) {
        report.child(name.empty() ? "object " + std::to_string(number) : name, bytes);
    } else if (is_content(bytes)) {
        if (stray)
            stray_contents.push_back(o.copy());
        else
            content_numbers.push_back(number);
    } else if (is_text(bytes)) {
        if (bytes.find('<') < 64)
            report.child(name.empty() ? "object " + std::to_string(number) : name, bytes);
        else if (!memmem(bytes.data(), bytes.size(), "begincmap", 9))
            report.bytes(MSH_ROLE_ATTR, 0, under, bytes);
    } else if (!is_profile(bytes)) {
        report.bytes(MSH_ROLE_RAW, 0, under, bytes);
    }
}

void Sweep::streams()
{
    for (int number : stream_numbers) {
        if (report.late())
            return;
        const XRefEntry *e = xref->getEntry(number, false);
        Object o = xref->fetch(number, e ? e->gen : 0);
        if (o.isStream())
            read_stream(o, number, false);
    }
    for (Object &o : stray_streams) {
        if (report.late())
            return;
        read_stream(o, -1, true);
    }
}

/* Lines of a content stream that no page shows. */
static std::string unseen(const std::string &text, const std::string &shown, uint64_t *compared)
{
    std::string out;
    auto is_shown = [&](const std::string &s) {
        *compared += shown.size();
        return *compared < MOST_COMPARED &&
               memmem(shown.data(), shown.size(), s.data(), s.size()) != nullptr;
    };
    if (is_shown(squeeze(text)))
        return out;
    for (size_t at = 0; at < text.size();) {
        size_t end = std::min(text.find('\n', at), text.size());
        std::string line = text.substr(at, end - at);
        if (!is_shown(squeeze(line)))
            out += line + '\n';
        at = end + 1;
    }
    return out;
}

void Sweep::say_content(Object &o, const std::string &bytes)
{
    Fonts own;
    Object resources = o.getStream()->getDict()->lookup("Resources");
    if (resources.isDict())
        add_fonts(resources.dictLookupNF("Font"), own);
    const Fonts &named = own.empty() ? fonts : own;
    size_t variants = 1;
    for (const auto &f : named)
        variants = std::max(variants, f.second.size());
    uint64_t compared = 0;
    for (unsigned i = 0; i < std::min<size_t>(variants, MOST_VARIANTS); i++) {
        ContentText c = content_text(xref, bytes, named, i, report);
        std::string text = unseen(c.text, pages.drawn, &compared);
        if (text.empty())
            return;
        report.text(MSH_ROLE_HIDDEN, 0, "content", text);
        if (!c.unknown.empty())
            report.bytes(MSH_ROLE_HIDDEN, 0, "content", c.unknown);
        if (c.unmapped >= 2 && c.unmapped * 4 > c.characters)
            report.outcome(MSH_REASON_PDF_GLYPHS);
    }
}

void Sweep::contents()
{
    std::string bytes;
    for (int number : content_numbers) {
        const XRefEntry *e = xref->getEntry(number, false);
        Object o = xref->fetch(number, e ? e->gen : 0);
        if (report.late() || !o.isStream())
            continue;
        decode(o.getStream(), report.job->request.item_bytes, bytes);
        say_content(o, bytes);
    }
    for (Object &o : stray_contents) {
        if (report.late())
            return;
        decode(o.getStream(), report.job->request.item_bytes, bytes);
        say_content(o, bytes);
    }
}

} // namespace pdf
