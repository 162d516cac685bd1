/* workbook.h: what the sheets of a workbook have in common: their names and states, shared strings,
 * number formats. ECMA-376 part 1 §18.2 (workbook), §18.4 (shared strings), §18.8 (styles). */
#ifndef MSH_EXTRACT_WORKBOOK_H
#define MSH_EXTRACT_WORKBOOK_H

#include "extract/relations.h"

typedef struct msh_sheet_info {
    msh_view name, id; /* id: of its relation */
    bool hidden;       /* also "very hidden" */
} msh_sheet_info;

typedef struct msh_workbook {
    msh_extract *x;
    const msh_relations *relations;
    msh_view part; /* name of the workbook's member */
    msh_sheet_info *sheets;
    size_t n_sheets, cap_sheets;
    msh_table *parts; /* member → msh_sheet_info */
    bool parts_known;
    bool date1904;
    /* shared strings: n_strings + 1 offsets into strings; used: one byte each */
    msh_buf strings, phonetic, used;
    uint32_t *at;
    size_t n_strings, cap_strings;
    msh_place strings_place;
    unsigned in_phonetic, in_text;
    /* styles */
    msh_table *formats; /* id → msh_view in the arena */
    msh_view *xfs;      /* code of each cell format, empty = General */
    size_t n_xfs, cap_xfs;
    bool in_xfs;
} msh_workbook;

bool msh_workbook_init(msh_workbook *w, msh_extract *x, const msh_relations *relations);
void msh_workbook_dispose(msh_workbook *w);
/* Listeners while these parts are read; context w. part must be set before the first. */
extern const msh_xml_handler msh_workbook_handler; /* xl/workbook.xml */
extern const msh_xml_handler msh_styles_handler;   /* xl/styles.xml */
/* Reads xl/sharedStrings.xml; emits what is beside the strings. place is kept. */
MSH_MUST_CHECK msh_err msh_workbook_strings(msh_workbook *w, const msh_place *place,
                                            msh_view bytes);
/* For readers of other forms of these parts (xlsb.c): a sheet; the code of a number format by its
 * number in decimals; the next cell style; the end of the string that was put into w->strings. */
MSH_MUST_CHECK msh_err msh_workbook_add_sheet(msh_workbook *w, msh_view name, msh_view id,
                                              bool hidden);
MSH_MUST_CHECK msh_err msh_workbook_add_format(msh_workbook *w, msh_view id, msh_view code);
MSH_MUST_CHECK msh_err msh_workbook_add_style(msh_workbook *w, size_t id);
MSH_MUST_CHECK msh_err msh_workbook_end_string(msh_workbook *w);
/* String i, marked as used; false when there is none. */
bool msh_workbook_string(msh_workbook *w, size_t i, msh_view *out);
/* After all sheets: strings that no cell shows. */
MSH_MUST_CHECK msh_err msh_workbook_unused(msh_workbook *w);
/* The sheet that a part is, or belongs to (comments, drawings, tables); NULL when none. Only after
 * the workbook and its relations were read. */
MSH_MUST_CHECK msh_err msh_workbook_sheet(msh_workbook *w, msh_view part,
                                          const msh_sheet_info **out);
/* The number format of a cell whose s attribute says i. */
msh_view msh_workbook_format(const msh_workbook *w, size_t i);

/* Reads a sheet (worksheet, dialogsheet, macrosheet …) or its comments. place: of the part. */
MSH_MUST_CHECK msh_err msh_sheet_read(msh_workbook *w, const msh_doc *doc, const msh_place *place,
                                      msh_view bytes);

#endif
