/* buffer.c: scan what a program holds in memory, here standard input, and say what is in it.
 *     buffer [NAME] < FILE        NAME: as the file would be called, like 通知.docx
 * Build: cc buffer.c $(pkg-config --cflags --libs mishen), or with CMake as beside. */
#include <mishen/mishen.h>

#include <stdio.h>
#include <stdlib.h>

static void print_finding(void *ctx, const msh_finding *f)
{
    (void)ctx;
    printf("%s  %.*s  第%u行  %.*s\n", msh_tier_text(f->tier, MSH_LANG_ZH), (int)f->rule_name.len,
           (const char *)f->rule_name.data, f->place.line, (int)f->excerpt.len,
           (const char *)f->excerpt.data);
}

int main(int argc, char **argv)
{
    static uint8_t bytes[16 << 20];
    const msh_view view = {bytes, fread(bytes, 1, sizeof bytes, stdin)};
    const msh_desk_events events = {.finding = print_finding};
    msh_options options;
    msh_desk *desk = NULL;
    msh_error why;
    msh_item item;
    msh_options_default(&options); /* the installed rule packs, all limits at their defaults */
    msh_err err = msh_desk_open(&options, &desk, &why);
    if (err == MSH_OK)
        err = msh_desk_scan(desk, argc > 1 ? argv[1] : "-", view, &events, &item, &why);
    if (err == MSH_OK)
        printf("结论：%s\n", msh_verdict_text(item.verdict, MSH_LANG_ZH));
    else
        fprintf(stderr, "buffer: %s\n", why.text);
    msh_desk_close(desk);
    return err != MSH_OK || item.verdict != MSH_VERDICT_PASS;
}
