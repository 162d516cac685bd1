/* html_names.c: what elements and attributes of HTML mean for the flow of text (HTML Living
 * Standard, section 15.3, rendering of flow content). */
#include "extract/html.h"

#include "base/view.h"

typedef struct tag_row {
    const char *name;
    unsigned flags;
} tag_row;

#define BLOCK MSH_TAG_BLOCK

/* Sorted by name. */
static const tag_row tags[] = {
    {"a", 0},
    {"abbr", 0},
    {"address", BLOCK},
    {"article", BLOCK},
    {"aside", BLOCK},
    {"audio", 0},
    {"b", 0},
    {"base", MSH_TAG_VOID},
    {"blockquote", BLOCK},
    {"body", BLOCK},
    {"br", BLOCK | MSH_TAG_VOID},
    {"button", 0},
    {"caption", BLOCK},
    {"center", BLOCK},
    {"col", MSH_TAG_VOID},
    {"dd", BLOCK},
    {"details", BLOCK},
    {"dir", BLOCK},
    {"div", BLOCK},
    {"dl", BLOCK},
    {"dt", BLOCK},
    {"embed", MSH_TAG_VOID},
    {"fieldset", BLOCK},
    {"figcaption", BLOCK},
    {"figure", BLOCK},
    {"font", 0},
    {"footer", BLOCK},
    {"form", BLOCK},
    {"frame", MSH_TAG_VOID},
    {"frameset", BLOCK},
    {"h1", BLOCK},
    {"h2", BLOCK},
    {"h3", BLOCK},
    {"h4", BLOCK},
    {"h5", BLOCK},
    {"h6", BLOCK},
    {"head", BLOCK},
    {"header", BLOCK},
    {"hr", BLOCK | MSH_TAG_VOID},
    {"html", BLOCK},
    {"iframe", BLOCK},
    {"img", MSH_TAG_VOID},
    {"input", MSH_TAG_VOID},
    {"legend", BLOCK},
    {"li", BLOCK},
    {"link", MSH_TAG_VOID},
    {"main", BLOCK},
    {"menu", BLOCK},
    {"meta", MSH_TAG_VOID | MSH_TAG_META},
    {"nav", BLOCK},
    {"noembed", BLOCK},
    {"noframes", BLOCK},
    {"noscript", BLOCK},
    {"ol", BLOCK},
    {"optgroup", BLOCK},
    {"option", BLOCK},
    {"p", BLOCK},
    {"param", MSH_TAG_VOID},
    {"plaintext", BLOCK | MSH_TAG_PRE},
    {"pre", BLOCK | MSH_TAG_PRE},
    {"rp", MSH_TAG_RUBY_TEXT},
    {"rt", MSH_TAG_RUBY_TEXT},
    {"rtc", MSH_TAG_RUBY_TEXT},
    {"ruby", MSH_TAG_RUBY},
    {"script", MSH_TAG_RAW | MSH_TAG_SCRIPT},
    {"section", BLOCK},
    {"select", BLOCK},
    {"source", MSH_TAG_VOID},
    {"span", 0},
    {"style", MSH_TAG_RAW | MSH_TAG_SCRIPT},
    {"summary", BLOCK},
    {"table", BLOCK | MSH_TAG_ROW},
    {"tbody", BLOCK},
    {"td", MSH_TAG_CELL},
    {"template", BLOCK},
    {"textarea", BLOCK | MSH_TAG_RAW | MSH_TAG_PRE},
    {"tfoot", BLOCK},
    {"th", MSH_TAG_CELL},
    {"thead", BLOCK},
    {"title", MSH_TAG_RAW | MSH_TAG_TITLE},
    {"tr", BLOCK | MSH_TAG_ROW},
    {"track", MSH_TAG_VOID},
    {"tspan", 0},
    {"ul", BLOCK},
    {"video", 0},
    {"wbr", MSH_TAG_VOID},
    {"xmp", BLOCK | MSH_TAG_RAW | MSH_TAG_PRE},
};

static const char *const dull[] = {
    "align",  "border", "cellpadding", "cellspacing", "class", "colspan", "dir",
    "height", "id",     "lang",        "method",      "rel",   "role",    "rowspan",
    "target", "type",   "valign",      "width",       "xmlns",
};

/* Order of a name, without case, against a literal in lower case. */
static int order(msh_view name, const char *literal)
{
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];
        if (c >= 'A' && c <= 'Z')
            c = (uint8_t)(c + 32);
        if (c != (uint8_t)literal[i] || c == 0)
            return c < (uint8_t)literal[i] ? -1 : 1; /* also a NUL within the name */
    }
    return literal[name.len] ? -1 : 0;
}

unsigned msh_tag_flags(msh_view name)
{
    size_t low = 0, high = sizeof tags / sizeof tags[0];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int o = order(name, tags[middle].name);
        if (o == 0)
            return tags[middle].flags | MSH_TAG_KNOWN;
        if (o < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return 0;
}

bool msh_attr_is_dull(msh_view name)
{
    for (size_t i = 0; i < sizeof dull / sizeof dull[0]; i++)
        if (order(name, dull[i]) == 0)
            return true;
    return false;
}
