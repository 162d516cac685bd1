/* register_judge.c: whether a decision may be. Every refusal has its sentence, for the person who
 * is about to sign and for the one who reads the history later. */
#define _GNU_SOURCE
#include "ledger/register_inner.h"

#include "base/base64.h"
#include "base/view.h"
#include "base/workdays.h"

typedef struct judge {
    const msh_register *g;
    const msh_decision_read_out *d;
    const msh_reg_release *r; /* NULL: no such release yet */
    msh_view ts;              /* of the record */
    msh_act act;
    const char **why;
} judge;

static msh_err no(const judge *j, const char *zh, const char *en)
{
    *j->why = say(j->g, zh, en);
    return MSH_E_REFUSED;
}

#define TRY_JUDGE(call)                                                                            \
    do {                                                                                           \
        if ((call) != MSH_OK)                                                                      \
            return MSH_E_REFUSED;                                                                  \
    } while (0)

/* --- people ----------------------------------------------------------------------------------- */

/* In this role, for every file, both when it was signed and when it was recorded: who holds a role
 * no longer cannot date a note back. keys NULL: on paper. */
static msh_err check_role(const judge *j, msh_view name, const char *what, const msh_view *keys)
{
    const msh_decision_read_out *d = j->d;
    const msh_view here = d->waive_path.len ? d->waive_path : MSH_VIEW("");
    msh_trust_grant g;
    size_t n = d->n_files ? d->n_files : 1;
    for (size_t i = 0; i < n; i++) {
        msh_view path = d->n_files ? d->files[i].path : here;
        if (!msh_trust_may(j->g->trust, name, what, path, j->ts, keys, &g) ||
            !msh_trust_may(j->g->trust, name, what, path, d->ts, keys, &g))
            return no(j, "信任策略不许这个人做这一步（角色、范围、期限或钥匙不符）",
                      "the trust policy does not let this person do that (role, scope, term or "
                      "keys)");
    }
    return MSH_OK;
}

/* One person does one step of a release, over all its rounds; who submitted it does none. */
static msh_err check_person(const judge *j, msh_view name, unsigned step)
{
    for (size_t i = 0; i < j->r->n_people; i++) {
        if (!msh_view_eq(j->r->people[i].name, name))
            continue;
        if (j->r->people[i].step == MSH_TRUST_STEPS)
            return no(j, "报送人不能审查自己报送的信息",
                      "who submitted a release does not review it");
        if (j->r->people[i].step != step)
            return no(j, "同一个人不能在同一条信息上做两个环节",
                      "one person does not do two steps of one release");
    }
    return j->r->n_people < MSH_REGISTER_PEOPLE
               ? MSH_OK
               : no(j, "这条信息经手的人太多", "too many people had this release in hand");
}

static msh_err check_clerk(const judge *j)
{
    const msh_decision_read_out *d = j->d;
    int32_t day;
    uint8_t hash[32];
    msh_view keys[MSH_REVIEWER_KEYS];
    msh_decision_keys(d, keys);
    if (!d->paper_by.len || !msh_date_read(d->paper_date, &day) ||
        !msh_hex32_read(d->paper_sheet, hash))
        return no(j, "代录要有纸面决定人、日期和扫描件的 SHA-256",
                  "a paper decision needs who, when, and the SHA-256 of the scanned sheet");
    if (msh_view_eq(d->reviewer, d->paper_by))
        return no(j, "不能代录自己的决定", "nobody enters their own decision");
    for (size_t i = 0; i < j->r->n_people; i++)
        if (msh_view_eq(j->r->people[i].name, d->reviewer))
            return no(j, "代录人不能是这条信息的报送人或审查人",
                      "who enters a paper decision has no other part in the release");
    return check_role(j, d->reviewer, "record", keys);
}

/* --- evidence --------------------------------------------------------------------------------- */

static msh_view text_of(const msh_json *j, const char *key)
{
    return msh_json_text(msh_json_get(j, key));
}

static bool same_bytes(const msh_json *body, const msh_decision_file *f)
{
    uint8_t sha256[32], sm3[32];
    return msh_hex32_read(text_of(body, "sha256"), sha256) &&
           msh_hex32_read(text_of(body, "sm3"), sm3) && memcmp(sha256, f->sha256, 32) == 0 &&
           memcmp(sm3, f->sm3, 32) == 0 &&
           msh_json_int(msh_json_get(body, "size"), -1) == (int64_t)f->size &&
           msh_view_eq(text_of(body, "path"), f->path);
}

/* An approval ends no later than what it rests on. */
static msh_err check_end(const judge *j, msh_view end)
{
    bool good = j->d->not_after.len && msh_view_cmp(j->d->not_after, end) <= 0;
    return good ? MSH_OK
                : no(j, "批准的有效期超过了所依据的豁免或人工查看的期限",
                     "the approval outlives the waiver or statement that it rests on");
}

/* What the scan left out as waived must be waived by a record that is in force, and of somebody
 * else: one person alone neither excuses a mark nor lets it out. */
static msh_err check_waived(const judge *j, const msh_reg_item *item, const msh_decision_file *f)
{
    for (const msh_reg_finding *k = item->first; k; k = k->next) {
        if (!msh_json_get(k->body, "waived"))
            continue;
        const msh_reg_leave *w = msh_register_waiver(j->g, text_of(k->body, "fp"),
                                                     text_of(k->body, "rule"), f->path, j->ts);
        if (!w)
            return no(j, "所依据的豁免不在有效期内", "a waiver that it rests on is not in force");
        if (msh_view_eq(msh_register_decider(w->d), msh_register_decider(j->d)))
            return no(j, "批准人不能依据自己给的豁免批准：豁免要由另一个人给",
                      "nobody approves by a waiver of their own: another person waives");
        TRY_JUDGE(check_end(j, w->d->not_after));
    }
    return MSH_OK;
}

static msh_err check_covered(const judge *j, const msh_decision_file *f)
{
    msh_view besides =
        j->r && j->r->submit && j->d->has_prev ? j->r->submit->reviewer : (msh_view){NULL, 0};
    const msh_reg_leave *s =
        msh_register_statement(j->g, f->size, f->sha256, f->sm3, j->ts, besides);
    return s ? check_end(j, s->d->not_after)
             : no(j, "有文件未能检查，又没有他人有效的“已人工查看”",
                  "a file was not inspected, and nobody else states that they read it");
}

static msh_err check_file(const judge *j, const msh_decision_file *f)
{
    const msh_reg_item *item =
        f->record == MSH_NO_RECORD ? NULL : msh_register_item(j->g, f->record);
    if (!item) /* of an earlier version: scans were not marked then */
        return j->d->has_prev
                   ? no(j, "没有所依据的机检记录", "the scan it rests on is not in the log")
                   : MSH_OK;
    if (!same_bytes(item->body, f))
        return no(j, "所依据的机检记录不是这个文件的", "the scan it rests on is of another file");
    msh_view verdict = text_of(item->body, "verdict");
    TRY_JUDGE(check_waived(j, item, f));
    if (msh_view_eq_str(verdict, "PASS"))
        return MSH_OK;
    if (msh_view_eq_str(verdict, "REVIEW"))
        return j->d->reason.len ? MSH_OK
                                : no(j, "有需要复核的文件，要写明理由",
                                     "a file needs review: a reason is needed");
    if (msh_view_eq_str(verdict, "NOT-INSPECTED"))
        return check_covered(j, f);
    return no(j, "有被阻断的文件，又没有豁免", "a file is blocked, and not waived");
}

static msh_err check_evidence(const judge *j)
{
    for (size_t i = 0; i < j->d->n_files; i++)
        TRY_JUDGE(check_file(j, &j->d->files[i]));
    return MSH_OK;
}

/* --- steps ------------------------------------------------------------------------------------ */

static msh_err check_same_files(const judge *j)
{
    const msh_decision_read_out *d = j->d, *s = j->r->submit;
    bool same = d->n_files == s->n_files;
    for (size_t i = 0; i < d->n_files && same; i++)
        same = msh_view_eq(d->files[i].path, s->files[i].path) &&
               d->files[i].size == s->files[i].size &&
               memcmp(d->files[i].sha256, s->files[i].sha256, 32) == 0 &&
               memcmp(d->files[i].sm3, s->files[i].sm3, 32) == 0;
    return same ? MSH_OK
                : no(j, "文件与报送的不同：改动过的要重新报送",
                     "the files are not those submitted: changed bytes need a new review");
}

static bool is_pending(const msh_reg_release *r)
{
    return r->state <= MSH_RELEASE_ESCALATED && r->at < r->n_path;
}

static bool may_refuse(unsigned step)
{
    static const bool rows[] = {
#define MSH_STEP(id, name, role, days, refuse, zh, en, step_zh, step_en) refuse,
#include <mishen/reviewsteps.def>
#undef MSH_STEP
    };
    return step < sizeof rows / sizeof rows[0] && rows[step];
}

static bool is_code(msh_view code)
{
    msh_refusal row;
    for (size_t i = 0; msh_refusal_get(i, &row); i++)
        if (msh_view_eq_str(code, row.code))
            return true;
    return msh_view_eq_str(code, "on-request");
}

/* What the act itself asks for. */
static msh_err check_act(const judge *j, unsigned step)
{
    const msh_decision_read_out *d = j->d;
    bool last = j->r->at + 1 == j->r->n_path;
    if (j->r->escalated && !d->reply.len && j->act != MSH_ACT_RETURN)
        return no(j, "送审中：要写明主管部门的答复（文号、日期）",
                  "escalated: the authority's reply (number, date) is needed");
    switch (j->act) {
    case MSH_ACT_PASS:
        return last ? no(j, "已到批准环节：用 approve", "this is the last step: approve") : MSH_OK;
    case MSH_ACT_APPROVE:
        return last ? check_evidence(j)
                    : no(j, "还没有到批准环节", "it has not reached the approval yet");
    case MSH_ACT_RETURN:
        return d->reason.len ? MSH_OK : no(j, "退回要写明理由", "a return needs a reason");
    case MSH_ACT_REFUSE:
        if (!may_refuse(step))
            return no(j, "这个环节只能退回，不能决定不予公开",
                      "at this step a release is returned, not refused");
        return is_code(d->reason_code) && d->basis.len
                   ? MSH_OK
                   : no(j, "不予公开要有理由码和依据",
                        "a refusal needs a reason code and its basis");
    case MSH_ACT_ESCALATE:
        return d->authority.len ? MSH_OK : no(j, "送审要写明送审机关", "which authority is asked?");
    default:
        return no(j, "不是这个环节能做的", "no act of a step");
    }
}

static msh_err judge_step(const judge *j)
{
    const msh_decision_read_out *d = j->d;
    msh_view keys[MSH_REVIEWER_KEYS];
    msh_decision_keys(d, keys);
    if (!j->r || !j->r->submit || j->r->round == 0)
        return no(j, "没有这条报送的信息", "no such release was submitted");
    if (!is_pending(j->r))
        return no(j, "这条信息不在审查中", "this release is not under review");
    if (!d->has_prev || d->prev != j->r->last)
        return no(j, "这条信息在此期间已有新的决定，请重新查看",
                  "there is a newer decision on this release, look again");
    unsigned step = j->r->path[j->r->at];
    if (!msh_view_eq_str(d->step, msh_register_step_name(step)))
        return no(j, "不是当前环节", "not the step at hand");
    TRY_JUDGE(check_same_files(j));
    bool paper = d->kind == MSH_ACT_RECORD;
    if (paper)
        TRY_JUDGE(check_clerk(j));
    TRY_JUDGE(check_person(j, msh_register_decider(d), step));
    TRY_JUDGE(
        check_role(j, msh_register_decider(d), msh_register_step_name(step), paper ? NULL : keys));
    /* to the quorum count different people */
    for (const msh_reg_event *e = j->r->first; e && j->act == MSH_ACT_APPROVE; e = e->next)
        if (e->counts && e->n > j->r->submit_n && msh_register_act(e->d) == MSH_ACT_APPROVE &&
            msh_view_eq(msh_register_decider(e->d), msh_register_decider(d)))
            return no(j, "这个人已经批准过", "this person has approved already");
    return check_act(j, step);
}

static msh_err judge_submit(const judge *j)
{
    const msh_decision_read_out *d = j->d;
    msh_view keys[MSH_REVIEWER_KEYS];
    msh_decision_keys(d, keys);
    if (!d->title.len)
        return no(j, "要有信息名称", "a title is needed");
    if (j->r && is_pending(j->r))
        return no(j, "这条信息正在审查中，退回或撤回后才能重新报送",
                  "this release is under review; it can be submitted again once returned or "
                  "withdrawn");
    if (j->r ? !d->has_prev || d->prev != j->r->last : d->has_prev)
        return no(j, "信息编号已经用过，或此期间已有新的决定",
                  "the id is taken, or there is a newer decision");
    for (size_t i = 0; j->r && i < j->r->n_people; i++)
        if (msh_view_eq(j->r->people[i].name, d->reviewer) &&
            j->r->people[i].step != MSH_TRUST_STEPS)
            return no(j, "审查过这条信息的人不能再报送它",
                      "who reviewed a release does not submit it");
    return check_role(j, d->reviewer, "submit", keys);
}

/* For one of the files at least: which of them are approved is judged file by file by who counts
 * the approvals, but a release of which none is was never approved. */
static msh_err check_signs_for_some(const judge *j)
{
    msh_view keys[MSH_REVIEWER_KEYS];
    msh_trust_grant g;
    bool may = j->d->n_files == 0;
    msh_decision_keys(j->d, keys);
    for (size_t i = 0; i < j->d->n_files && !may; i++)
        may = msh_trust_may(j->g->trust, j->d->reviewer, "approve", j->d->files[i].path, j->d->ts,
                            keys, &g);
    return may ? MSH_OK
               : no(j, "信任策略不许这个人批准其中任何文件（角色、范围、期限或钥匙不符）",
                    "the trust policy lets this person approve none of its files (role, scope, "
                    "term or keys)");
}

/* In one step, without being submitted: where the policy has a way of one step, or no ways. */
static msh_err judge_one_step(const judge *j)
{
    if (j->r && j->r->round > 0)
        return no(j, "这条信息已报送审查，要走完各环节",
                  "this release was submitted: step by step");
    if (!msh_trust_one_step(policy_of_day(j->g), j->d->category))
        return no(j, "策略要求这一类别先报送、逐级审查（mishen review submit）",
                  "the policy wants this category submitted and reviewed (mishen review submit)");
    TRY_JUDGE(check_signs_for_some(j));
    return check_evidence(j);
}

/* Whoever submitted it, while it is under review; else who may withdraw. */
static msh_err judge_withdraw(const judge *j)
{
    msh_view keys[MSH_REVIEWER_KEYS];
    msh_decision_keys(j->d, keys);
    bool own = j->r && j->r->submit && is_pending(j->r) &&
               msh_view_eq(j->r->submit->reviewer, j->d->reviewer);
    if (j->d->has_prev && (!j->r || j->d->prev != j->r->last))
        return no(j, "这条信息在此期间已有新的决定，请重新查看",
                  "there is a newer decision on this release, look again");
    return check_role(j, j->d->reviewer, own ? "submit" : "withdraw", keys);
}

static bool is_fingerprint(msh_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (!((v.data[i] >= '0' && v.data[i] <= '9') || (v.data[i] >= 'a' && v.data[i] <= 'f')))
            return false;
    return v.len == 32;
}

static msh_err judge_waive(const judge *j)
{
    const msh_decision_read_out *d = j->d;
    msh_view keys[MSH_REVIEWER_KEYS];
    msh_decision_keys(d, keys);
    if (d->waive_fp.len ? d->waive_rule.len || d->waive_path.len || !is_fingerprint(d->waive_fp)
                        : !d->waive_rule.len || !d->waive_path.len)
        return no(j, "豁免一个命中（32 位指纹），或一条规则在一个路径范围内",
                  "waive one finding (a fingerprint of 32 hex digits), or a rule within a path");
    if (!d->reason.len || !d->basis.len || !d->not_after.len)
        return no(j, "豁免要有理由、依据和截止日期", "a waiver needs a reason, a basis and an end");
    return check_role(j, d->reviewer, "waive", keys);
}

static msh_err judge_state(const judge *j)
{
    msh_view keys[MSH_REVIEWER_KEYS];
    msh_decision_keys(j->d, keys);
    if (!j->d->not_after.len || !j->d->reason.len)
        return no(j, "“已人工查看”要有说明和截止日期", "a statement needs a reason and an end");
    return check_role(j, j->d->reviewer, "state", keys);
}

msh_err msh_register_judge(const msh_register *g, const msh_decision_read_out *d, msh_view ts,
                           const char **why)
{
    const judge j = {g, d, msh_register_release(g, d->release), ts, msh_register_act(d), why};
    msh_view keys[MSH_REVIEWER_KEYS];
    *why = NULL;
    msh_decision_keys(d, keys);
    switch (d->kind) {
    case MSH_ACT_SUBMIT:
        return judge_submit(&j);
    case MSH_ACT_APPROVE:
        return d->has_prev ? judge_step(&j) : judge_one_step(&j);
    case MSH_ACT_WITHDRAW:
        return judge_withdraw(&j);
    case MSH_ACT_WAIVE:
        return judge_waive(&j);
    case MSH_ACT_STATE:
        return judge_state(&j);
    case MSH_ACT_ADOPT:
        return check_role(&j, d->reviewer, "adopt", keys);
    default:
        return judge_step(&j);
    }
}
