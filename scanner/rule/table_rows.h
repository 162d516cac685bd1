/* table_rows.h: a list in plain text: its heads, its rows, what stands in them. domain.md section
 * 5, "Name lists". Values are looked at, counted and forgotten: never kept. */
#ifndef MSH_RULE_TABLE_ROWS_H
#define MSH_RULE_TABLE_ROWS_H

#include "base/view.h"

/* What a column holds, by its head. */
typedef enum msh_column {
    MSH_COLUMN_OTHER,
    MSH_COLUMN_NAME,
    MSH_COLUMN_ID,
    MSH_COLUMN_PHONE,
    MSH_COLUMN_BANK,
    MSH_COLUMN_ADDRESS,
    MSH_COLUMN_HEALTH,
    MSH_COLUMN_POOR,
    MSH_COLUMN_BIRTH,
    MSH_COLUMN_PAPER, /* 护照, 通行证, 军官证, 社保卡 … */
    MSH_COLUMN_FAITH,
    MSH_COLUMN_PLATE,
    MSH_COLUMN_MAIL,
    MSH_COLUMN_OFFICE, /* 单位, 科室, 职务: contacts of an office */
    MSH_COLUMN_KINDS
} msh_column;

enum { MSH_COLUMNS_MOST = 64 };

typedef struct msh_rows {
    size_t head, head_end; /* the line of heads */
    size_t end;            /* behind the last row */
    size_t next;           /* the line to go on with */
    bool open;             /* the text ended before the list did */
    unsigned gap;          /* lines that are no rows since the last one */
    uint8_t sign;          /* what parts the cells */
    uint8_t columns;
    msh_column column[MSH_COLUMNS_MOST];
    uint64_t rows;                    /* with two cells or more */
    uint64_t whole[MSH_COLUMN_KINDS]; /* rows with a whole value of this kind */
    uint64_t masked[MSH_COLUMN_KINDS];
} msh_rows;

/* Reads the list whose heads stand on the line [head, head_end) of a folded text. false when they
 * are not heads of two columns. `more`: the text goes on in another window, so a last line without
 * its end is left to that one. */
bool msh_rows_read(msh_view folded, size_t head, size_t head_end, bool more, msh_rows *out);
/* More rows of an open list, from the line at `at` of the next window. */
void msh_rows_go_on(msh_view folded, size_t at, bool more, msh_rows *r);
/* The kind of column a head names. */
msh_column msh_rows_column(msh_view head);

#endif
