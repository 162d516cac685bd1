/* clamd_parse.c: see clamd_parse.h. */
#include "console/clamd_parse.h"

#include <mishen/unstable/view.h>

static clamd_event bad(clamd_parser *p)
{
    p->bad = true;
    return CLAMD_BAD;
}

static clamd_event command(clamd_parser *p)
{
    static const struct {
        const char *name;
        clamd_event event;
    } all[] = {{"PING", CLAMD_PING},
               {"VERSION", CLAMD_VERSION},
               {"VERSIONCOMMANDS", CLAMD_COMMANDS},
               {"INSTREAM", CLAMD_STREAM}};
    p->line[p->n] = '\0';
    p->begun = false;
    p->n = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(p->line, all[i].name) == 0) {
            p->in_stream = all[i].event == CLAMD_STREAM;
            p->n_length = 0;
            return all[i].event;
        }
    if (strncmp(p->line, "SCAN ", 5) != 0 || p->line[5] == '\0')
        return bad(p);
    memmove(p->line, p->line + 5, strlen(p->line + 5) + 1);
    return CLAMD_SCAN;
}

static clamd_event read_line(clamd_parser *p, msh_view *in)
{
    while (in->len) {
        char c = (char)in->data[0];
        *in = msh_view_cut(*in, 1, in->len);
        if (!p->begun) {
            p->begun = true;
            p->end = c == 'z' ? '\0' : '\n';
            if (c == 'z' || c == 'n')
                continue;
        }
        if (c == p->end)
            return command(p);
        if (c == '\r' && p->end == '\n')
            continue;
        if (p->n + 1 >= CLAMD_LINE || c == '\0')
            return bad(p);
        p->line[p->n++] = c;
    }
    return CLAMD_MORE;
}

static clamd_event read_stream(clamd_parser *p, msh_view *in, msh_view *data)
{
    while (in->len) {
        if (p->left) {
            *data = msh_view_cut(*in, 0, p->left);
            *in = msh_view_cut(*in, data->len, in->len);
            p->left -= (uint32_t)data->len;
            return CLAMD_DATA;
        }
        p->length[p->n_length++] = in->data[0];
        *in = msh_view_cut(*in, 1, in->len);
        if (p->n_length < sizeof p->length)
            continue;
        p->n_length = 0;
        p->left = (uint32_t)p->length[0] << 24 | (uint32_t)p->length[1] << 16 |
                  (uint32_t)p->length[2] << 8 | p->length[3];
        if (p->left > CLAMD_PIECE_MAX)
            return bad(p);
        if (p->left == 0) {
            p->in_stream = false;
            return CLAMD_STREAM_END;
        }
    }
    return CLAMD_MORE;
}

clamd_event clamd_next(clamd_parser *p, msh_view *in, msh_view *data)
{
    if (p->bad)
        return CLAMD_BAD;
    return p->in_stream ? read_stream(p, in, data) : read_line(p, in);
}
