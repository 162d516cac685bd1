/* form.h: one page of 保密审查登记表 (domain.md section 3): filled in as far as is known, else room
 * for the pen. */
#ifndef MSH_REPORT_FORM_H
#define MSH_REPORT_FORM_H

#include <mishen/types.h>

#include "base/buf.h"

typedef struct msh_form_file {
    msh_view path;
    uint64_t size;
    bool has_sha256, has_sm3;
    uint8_t sha256[32], sm3[32];
    msh_view verdict; /* stable name; empty = not known */
    msh_view note;    /* more words about it: findings, why not inspected */
} msh_form_file;

/* Who prepared, head of office, confidentiality office, who approved. */
enum { MSH_FORM_STEPS = 4 };
typedef struct msh_form_step {
    msh_view opinion, name, date;
} msh_form_step;

typedef struct msh_form_page {
    msh_view records, release, unit, title, docno, index_no, category, topic, carrier, formed,
        channel, planned, level, disclosure, refusal, third_party, handling, authority, published,
        withdrawal, rules, state;
    const msh_form_file *files;
    size_t n_files;
    msh_form_step steps[MSH_FORM_STEPS];
    uint64_t number, of; /* 第 n 条，共 m 条; of 0 = not said */
    bool is_run;         /* from a scan: the note says so */
} msh_form_page;

/* The page but for its evidence; ends inside <section class=sheet>, which msh_form_end closes. */
void msh_form_put(msh_buf *out, const msh_form_page *p, msh_lang lang, bool first);
void msh_form_end(msh_buf *out);
/* What the code on the page holds:
 *   mishen-form/v1 LF release LF {size " " sha256 " " sm3 LF} LF origin LF records LF root LF */
void msh_form_code(msh_buf *code, const msh_form_page *p, const char *origin, uint64_t size,
                   const char *root);

/* The checkpoint, with the code. */
typedef struct msh_form_proof {
    const char *origin, *root_sha256, *root_sm3, *printed; /* any may be "" */
    uint64_t size;
} msh_form_proof;
void msh_form_evidence(msh_buf *out, const msh_form_proof *proof, msh_lang lang, msh_view code);

#endif
