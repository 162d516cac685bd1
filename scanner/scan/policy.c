/* policy.c: see policy.h. Patterns are fnmatch(3)'s, byte by byte (the program sets no locale). */
#define _GNU_SOURCE
#include "scan/policy.h"

#include "base/err.h"
#include "base/view.h"

#include <fnmatch.h>
#include <stdio.h>

static const struct {
    const char *name;
    unsigned bit;
    const char *formats; /* as the extractors name them, between blanks */
} classes[] = {
    {"font", MSH_OPAQUE_FONT, " ttf otf ttc woff woff2 "},
    {"audio", MSH_OPAQUE_AUDIO, " wav ogg flac amr midi mp3 aac "},
    {"video", MSH_OPAQUE_VIDEO, " mp4 mkv avi flv asf swf mpeg "},
    {"picture", MSH_OPAQUE_PICTURE, " heic avif psd jp2 jxl ico djvu dwg "},
    {"program", MSH_OPAQUE_PROGRAM, " exe elf class wasm dex macho "},
};

enum { CLASSES = sizeof classes / sizeof classes[0], PATH = 4096 };

static unsigned class_bit(const char *name, size_t n)
{
    for (size_t i = 0; i < CLASSES; i++)
        if (strlen(classes[i].name) == n && memcmp(classes[i].name, name, n) == 0)
            return classes[i].bit;
    return 0;
}

static msh_err set_opaque(msh_policy *policy, const char *value, msh_error *why)
{
    unsigned bits = 0;
    if (strcmp(value, "none") != 0)
        for (const char *p = value;;) {
            size_t n = strcspn(p, ",");
            unsigned bit = class_bit(p, n);
            if (!bit)
                return msh_fail(why, MSH_E_OPTION,
                                "opaque: none | font,audio,video,picture,program");
            bits |= bit;
            if (p[n] == '\0')
                break;
            p += n + 1;
        }
    policy->opaque = bits;
    return MSH_OK;
}

msh_err msh_policy_set(msh_policy *policy, const char *name, const char *value, msh_error *why)
{
    if (strcmp(name, "opaque") == 0)
        return set_opaque(policy, value, why);
    if (strcmp(name, "optical") != 0)
        return msh_fail(why, MSH_E_OPTION, "opaque, optical");
    policy->optical_not_inspected = strcmp(value, "not-inspected") == 0;
    if (!policy->optical_not_inspected && strcmp(value, "review") != 0)
        return msh_fail(why, MSH_E_OPTION, "optical: review | not-inspected");
    return MSH_OK;
}

bool msh_policy_passes(const msh_policy *policy, msh_view format)
{
    char word[40];
    if (format.len == 0 || format.len > 20 || memchr(format.data, ' ', format.len))
        return false;
    (void)snprintf(word, sizeof word, " %.*s ", (int)format.len, (const char *)format.data);
    for (size_t i = 0; i < CLASSES; i++)
        if ((policy->opaque & classes[i].bit) && strstr(classes[i].formats, word))
            return true;
    return false;
}

msh_tier msh_policy_raise(const msh_options *options, msh_view rule, msh_tier tier)
{
    char id[128], pattern[128];
    msh_tier raised = tier;
    if (rule.len >= sizeof id)
        return tier;
    (void)snprintf(id, sizeof id, "%.*s", (int)rule.len, (const char *)rule.data);
    for (size_t i = 0; i < options->n_raise; i++) {
        const char *equals = strchr(options->raise[i], '=');
        size_t n = equals ? (size_t)(equals - options->raise[i]) : sizeof pattern;
        if (n >= sizeof pattern)
            continue;
        (void)snprintf(pattern, sizeof pattern, "%.*s", (int)n, options->raise[i]);
        msh_tier most = strcmp(equals, "=BLOCK") == 0 ? MSH_TIER_BLOCK : MSH_TIER_REVIEW;
        if (tier < most && fnmatch(pattern, id, 0) == 0 && raised == tier)
            raised = (msh_tier)(tier + 1);
    }
    return raised;
}

void msh_policy_hit(const msh_options *options, msh_entry *e, const msh_rules *rules, msh_hmac *key,
                    const msh_hit *hit)
{
    msh_rule_info info;
    msh_hit raised = *hit;
    if (options->n_raise) {
        msh_rules_info(rules, hit->rule, &info);
        raised.tier = msh_policy_raise(options, info.id, hit->tier);
    }
    msh_entry_hit(e, rules, key, &raised);
}

void msh_policy_apply(const msh_policy *policy, msh_entry *e)
{
    msh_place place = {.vpath = e->item.path, .offset = MSH_NO_POSITION};
    if (msh_policy_passes(policy, e->item.format))
        msh_entry_pass_opaque(e);
    if (policy->optical_not_inspected && e->item.optical_page)
        msh_entry_outcome(e, MSH_REASON_IMAGE_NEEDS_OCR, &place, 0);
}

/* The path up to `end` (a folder on the way, or all of it) against one pattern. */
static bool fits(const char *pattern, char *path, size_t start, size_t end)
{
    char cut[PATH];
    size_t n = strlen(pattern);
    if (n == 0 || n >= sizeof cut)
        return false;
    memcpy(cut, pattern, n + 1);
    if (n > 1 && cut[n - 1] == '/')
        cut[--n] = '\0';
    const char *wanted = cut[0] == '/' ? cut + 1 : cut;
    bool anchored = strchr(cut, '/') != NULL;
    char kept = path[end];
    path[end] = '\0';
    bool yes = fnmatch(wanted, anchored ? path : path + start,
                       strstr(wanted, "**") ? 0 : FNM_PATHNAME) == 0;
    path[end] = kept;
    return yes;
}

bool msh_policy_excludes(const msh_options *options, msh_view rel)
{
    char path[PATH];
    if (options->n_exclude == 0 || rel.len == 0 || rel.len >= sizeof path)
        return false;
    memcpy(path, rel.data, rel.len);
    path[rel.len] = '\0';
    for (size_t start = 0; start < rel.len;) {
        const char *slash = strchr(path + start, '/');
        size_t end = slash ? (size_t)(slash - path) : rel.len;
        for (size_t i = 0; i < options->n_exclude; i++) {
            size_t n = strlen(options->exclude[i]);
            bool folder = n > 0 && options->exclude[i][n - 1] == '/';
            if ((!folder || slash) && fits(options->exclude[i], path, start, end))
                return true;
        }
        start = end + 1;
    }
    return false;
}
