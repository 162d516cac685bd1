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
    MSH_COLUMN_OFFICE, /* 单位, 科室, 职务: contacts of an office */
    MSH_COLUMN_KINDS
} msh_column;

enum { MSH_COLUMNS_MOST = 64, MSH_ROWS_MOST = 20000 };

typedef struct msh_rows {
    size_t head, head_end; /* the line of heads */
    size_t end;            /* behind the last row */
    size_t columns;
    msh_column column[MSH_COLUMNS_MOST];
    uint64_t rows;                    /* with two cells or more */
    uint64_t whole[MSH_COLUMN_KINDS]; /* rows with a whole value of this kind */
    uint64_t masked[MSH_COLUMN_KINDS];
} msh_rows;

/* Reads the list whose heads stand on the line [head, head_end) of a folded text. false when they
 * are not heads of two columns. */
bool msh_rows_read(msh_view folded, size_t head, size_t head_end, msh_rows *out);
/* The kind of column a head names. */
msh_column msh_rows_column(msh_view head);

#endif
