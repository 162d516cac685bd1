/* xmlattr.c: which attributes of XML parts hold words that people could read (see xmltext.h). */
#include "extract/xmltext.h"

#include "base/view.h"

#include <string.h>

static bool listed(msh_view name, const char *const *sorted, size_t n)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = msh_view_cmp(name, msh_view_str(sorted[mid]));
        if (order == 0)
            return true;
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return false;
}
#define LISTED(name, list) listed(name, list, sizeof list / sizeof list[0])

/* Names whose values are words whatever they look like. Sorted by bytes. */
static bool is_named(msh_view element, msh_view name, msh_view v)
{
    static const char *const names[] = {
        "Target",     "alt",          "author",      "caption", "connection",  "creator",
        "descr",      "display",      "displayText", "error",   "errorTitle",  "formatCode",
        "instr",      "location",     "name",        "prompt",  "promptTitle", "result",
        "string",     "string-value", "tag",         "text",    "title",       "tooltip",
        "uniqueName", "url",          "value",
    };
    static const char *const elements[] = {"alias",    "category",   "default",  "docVar",
                                           "helpText", "listEntry",  "listItem", "lvlText",
                                           "name",     "statusText", "tag"};
    if (LISTED(name, names))
        return true;
    if (msh_view_eq_str(name, "v")) /* strings of a pivot cache */
        return msh_view_eq_str(element, "s");
    if (msh_view_eq_str(name, "ContentType")) /* with parameters */
        return memchr(v.data, ';', v.len) != NULL;
    return msh_view_eq_str(name, "val") && LISTED(element, elements);
}

/* Letters beyond ASCII, words with blanks, addresses, or a long number. */
static bool is_readable(msh_view v)
{
    size_t digits = 0, blanks = 0, letters = 0;
    bool address = false;
    if (v.len < 3)
        return v.len > 0 && v.data[0] >= 0x80;
    for (size_t i = 0; i < v.len; i++) {
        uint8_t c = v.data[i];
        if (c >= 0x80)
            return true;
        digits = c >= '0' && c <= '9' ? digits + 1 : 0;
        if (digits >= 11)
            return true;
        blanks += c == ' ';
        letters += (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        address |= c == '@' || (c == '/' && i && v.data[i - 1] == '/');
    }
    return (blanks && letters > 3) || address;
}

/* Any letters, in a part of which nothing is known; but for names that hold numbers and references
 * in all vocabularies. */
static bool is_wordlike(msh_view name, msh_view v)
{
    static const char *const dull[] = {
        "BaseLoc", "Boundary", "CTM",   "ContentType", "DeltaX",     "DeltaY", "Extension",
        "Font",    "ID",       "Id",    "PartName",    "ResourceID", "Size",   "Type",
        "X",       "Y",        "cx",    "cy",          "h",          "id",     "r",
        "s",       "space",    "spans", "style-name",  "type",       "uid",    "val0",
        "w",       "x",        "y"};
    if (v.len < 4 || LISTED(name, dull))
        return false;
    for (size_t i = 0; i < v.len; i++)
        if ((v.data[i] | 32) >= 'a' && (v.data[i] | 32) <= 'z')
            return true;
    return false;
}

static bool is_schema(msh_view v)
{
    return msh_view_starts(v, MSH_VIEW("http://schemas.")) ||
           msh_view_starts(v, MSH_VIEW("http://purl.oc")) ||
           msh_view_starts(v, MSH_VIEW("http://www.w3.org/"));
}

bool msh_xml_attr_says(msh_view element, const msh_xml_attr *attr, bool loose)
{
    msh_view v = attr->value;
    bool says = is_readable(v) || (v.len > 1 && is_named(element, attr->name, v)) ||
                (loose && is_wordlike(attr->name, v));
    return says && !is_schema(v);
}
