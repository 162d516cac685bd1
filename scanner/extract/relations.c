/* relations.c: relationships of a package (see relations.h). */
#include "extract/relations.h"

#include "base/err.h"
#include "base/view.h"

#include <string.h>

enum { RELATIONS_MOST = 50000, PATH_MOST = MSH_PATH_MOST };

bool msh_relations_init(msh_relations *r, msh_arena *arena)
{
    *r = (msh_relations){.arena = arena};
    r->targets = msh_table_new();
    r->sources = msh_table_new();
    return r->targets && r->sources;
}

void msh_relations_dispose(msh_relations *r)
{
    if (r->targets)
        msh_table_free(r->targets, NULL);
    if (r->sources)
        msh_table_free(r->sources, NULL);
    *r = (msh_relations){0};
}

bool msh_relations_is(msh_view member)
{
    return msh_view_ends_nocase(member, MSH_VIEW(".rels")) &&
           msh_view_find(member, MSH_VIEW("_rels/"), 0) != SIZE_MAX;
}

static size_t folder_of(msh_view path)
{
    size_t n = path.len;
    while (n > 0 && path.data[n - 1] != '/')
        n--;
    return n;
}

/* "xl/_rels/workbook.xml.rels" speaks of "xl/workbook.xml", "_rels/.rels" of the package: "". */
msh_err msh_relations_begin(msh_relations *r, msh_view member)
{
    char path[PATH_MOST];
    size_t dir = folder_of(member), n = 0;
    size_t up = dir >= strlen("_rels/") ? dir - strlen("_rels/") : 0;
    /* the root element alone says that a part holds relations: its name may be any */
    r->from = msh_view_of(NULL, 0);
    if (!msh_relations_is(member) || member.len > sizeof path || dir < strlen("_rels/"))
        return MSH_OK;
    if (up)
        memcpy(path, member.data, up);
    n = up;
    memcpy(path + n, member.data + dir, member.len - dir - strlen(".rels"));
    n += member.len - dir - strlen(".rels");
    r->from = msh_arena_copy(r->arena, msh_view_of(path, n));
    return r->from.data ? MSH_OK : MSH_E_MEMORY;
}

size_t msh_relations_resolve(msh_view source, msh_view target, char *out)
{
    size_t n = 0, at = 0;
    if (target.len && target.data[0] == '/')
        at = 1;
    else
        n = folder_of(source);
    if (n + target.len >= PATH_MOST)
        return 0;
    if (n)
        memcpy(out, source.data, n);
    while (at < target.len) {
        msh_view rest = msh_view_cut(target, at, target.len);
        if (msh_view_starts(rest, MSH_VIEW("../"))) {
            n = folder_of(msh_view_of(out, n > 0 ? n - 1 : 0));
            at += 3;
            continue;
        }
        if (msh_view_starts(rest, MSH_VIEW("./"))) {
            at += 2;
            continue;
        }
        while (at < target.len && target.data[at] != '/')
            out[n++] = (char)target.data[at++];
        if (at < target.len)
            out[n++] = (char)target.data[at++];
    }
    return n;
}

static size_t key_of(msh_view part, msh_view id, char *out)
{
    if (part.len + id.len + 1 > PATH_MOST)
        return 0;
    if (part.len)
        memcpy(out, part.data, part.len);
    out[part.len] = 0;
    if (id.len)
        memcpy(out + part.len + 1, id.data, id.len);
    return part.len + 1 + id.len;
}

static msh_err on_start(void *ctx, msh_view name, const msh_xml_attr *a, size_t k)
{
    msh_relations *r = ctx;
    char path[PATH_MOST], key[PATH_MOST];
    void *old;
    if (!msh_view_eq_str(name, "Relationship") || r->n >= RELATIONS_MOST ||
        msh_view_eq_str(msh_xml_get(a, k, "TargetMode"), "External"))
        return MSH_OK;
    size_t n = msh_relations_resolve(r->from, msh_xml_get(a, k, "Target"), path);
    size_t m = key_of(r->from, msh_xml_get(a, k, "Id"), key);
    if (n == 0 || m == 0)
        return MSH_OK;
    r->n++;
    msh_view *target = msh_arena_alloc(r->arena, sizeof *target * 2);
    if (!target)
        return MSH_E_MEMORY;
    target[0] = msh_arena_copy(r->arena, msh_view_of(path, n));
    target[1] = r->from;
    if (!target[0].data)
        return MSH_E_MEMORY;
    MSH_TRY(msh_table_put(r->targets, msh_view_of(key, m), &target[0], &old));
    if (!msh_table_get(r->sources, target[0]))
        MSH_TRY(msh_table_put(r->sources, target[0], &target[1], &old));
    return MSH_OK;
}

const msh_xml_handler msh_relations_handler = {on_start, NULL, NULL, NULL};

msh_view msh_relations_target(const msh_relations *r, msh_view part, msh_view id)
{
    char key[PATH_MOST];
    size_t n = key_of(part, id, key);
    const msh_view *v = n ? msh_table_get(r->targets, msh_view_of(key, n)) : NULL;
    return v ? *v : (msh_view){NULL, 0};
}

msh_view msh_relations_source(const msh_relations *r, msh_view part)
{
    const msh_view *v = msh_table_get(r->sources, part);
    return v ? *v : (msh_view){NULL, 0};
}
