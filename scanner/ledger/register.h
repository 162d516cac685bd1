/* register.h: where each release stands, made anew from the records of the verified log: what was
 * submitted, which step it has reached, by whom, which waivers and statements are in force.
 *
 * A decision that may not be (wrong step, wrong person, no waiver …) is kept as one that does not
 * count, with the reason; it never breaks the log. The same rules judge a decision before it is
 * signed and when it is read again. */
#ifndef MSH_LEDGER_REGISTER_H
#define MSH_LEDGER_REGISTER_H

#include "ledger/decision.h"
#include "ledger/record.h"
#include "ledger/trust.h"

typedef struct msh_register msh_register;

enum { MSH_REGISTER_PEOPLE = 32 };

typedef struct msh_reg_event {
    struct msh_reg_event *next;
    uint64_t n;
    msh_view ts; /* of the record */
    const msh_decision_read_out *d;
    bool counts;
    const char *why; /* it does not count */
} msh_reg_event;

typedef struct msh_reg_release {
    struct msh_reg_release *next; /* in the order of their first record */
    msh_view id;
    const msh_decision_read_out *submit;  /* of this round; an approval in one step: that one */
    const msh_decision_read_out *approve; /* the latest that counts; NULL = none */
    msh_view first_ts, since;             /* first submitted; this step began */
    uint64_t last;                        /* record of the latest decision that counts */
    uint64_t submit_n;                    /* record of `submit` */
    unsigned round;                       /* 0: approved in one step, never submitted */
    unsigned path[MSH_TRUST_STEPS];
    size_t n_path, at;
    unsigned approvals; /* of those that the quorum needs */
    msh_release_state state;
    bool escalated;
    msh_view published;
    struct {
        msh_view name;
        unsigned step; /* MSH_TRUST_STEPS = who submitted it */
    } people[MSH_REGISTER_PEOPLE];
    size_t n_people;
    msh_reg_event *first, *end;
} msh_reg_release;

/* A waiver or a statement. */
typedef struct msh_reg_leave {
    struct msh_reg_leave *next; /* older */
    uint64_t n;
    msh_view ts;
    const msh_decision_read_out *d;
} msh_reg_leave;

typedef struct msh_reg_finding {
    struct msh_reg_finding *next;
    const msh_json *body;
} msh_reg_finding;

/* An item record of a scan that was made for a decision. */
typedef struct msh_reg_item {
    uint64_t n;
    const msh_json *body;
    msh_reg_finding *first, *end;
} msh_reg_item;

/* trust NULL: no policy. Everything lives in the arena but the tables. */
MSH_MUST_CHECK msh_err msh_register_new(msh_arena *arena, const char *state, const msh_trust *trust,
                                        msh_lang lang, msh_register **out);
void msh_register_free(msh_register *g);

/* Any record but a decision. */
MSH_MUST_CHECK msh_err msh_register_record(msh_register *g, const msh_record *r);
/* After the last record: MSH_E_EVIDENCE when the policy in force is none of the log's, or older. */
MSH_MUST_CHECK msh_err msh_register_check_policy(const msh_register *g, msh_error *why);

/* SHA-256 of the policy that was recorded last, in hex; "" = none was. */
const char *msh_register_policy(const msh_register *g);

/* Whether a decision may be, at a time (of its record). *why: a sentence, static. MSH_E_REFUSED. */
MSH_MUST_CHECK msh_err msh_register_judge(const msh_register *g, const msh_decision_read_out *d,
                                          msh_view ts, const char **why);
/* Judges it and, when it may be, applies it. *counts false: it may not. d lives in the arena. */
MSH_MUST_CHECK msh_err msh_register_take(msh_register *g, uint64_t n, msh_view ts,
                                         const msh_decision_read_out *d, bool *counts);

const msh_reg_release *msh_register_first(const msh_register *g);
const msh_reg_release *msh_register_release(const msh_register *g, msh_view id);
/* By the number of an item record; NULL when its scan was not made for a decision. */
const msh_reg_item *msh_register_item(const msh_register *g, uint64_t n);
/* Body of the scan.begin of a run that such an item is of; NULL = none. */
const msh_json *msh_register_run(const msh_register *g, const msh_json *item);
/* The waiver in force for a finding at a time, the statement for bytes; NULL = none. besides: a
 * person whose statement does not count (who submitted them), may be empty. */
const msh_reg_leave *msh_register_waiver(const msh_register *g, msh_view fp, msh_view rule,
                                         msh_view path, msh_view ts);
const msh_reg_leave *msh_register_statement(const msh_register *g, uint64_t size,
                                            const uint8_t sha256[32], const uint8_t sm3[32],
                                            msh_view ts, msh_view besides);
/* All waivers, the newest first. */
const msh_reg_leave *msh_register_waivers(const msh_register *g);
/* Whether a waiver has not ended, and nothing later took its place. */
bool msh_register_is_in_force(const msh_register *g, const msh_reg_leave *w, msh_view ts);

/* Who decided: of a paper decision the person on paper. */
msh_view msh_register_decider(const msh_decision_read_out *d);
/* What is judged and applied: of a paper decision what was decided on paper. */
msh_act msh_register_act(const msh_decision_read_out *d);
/* Name of a step of reviewsteps.def. */
const char *msh_register_step_name(unsigned step);

#endif
