/* prove_sheet.c: the sheet that is printed and archived, and the instructions inside the bundle. */
#include "scan/prove.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/escape.h"
#include "base/view.h"
#include "report/qr.h"
#include "scan/decided.h"

#include <inttypes.h>
#include <stdio.h>

enum { CODE_MAX = 2000, GROUPS = 8 };

/* Everything the sheet says that must be typed again or scanned stands in the QR code too:
 *   mishen-proof/v1 LF release LF size LF sha256 LF sm3 LF {checkpoint texts} */

static void put_grouped(msh_buf *out, const char *name, const char hex[65])
{
    for (size_t i = 0; i < 64; i += 4) {
        if (i % (4 * GROUPS) == 0)
            msh_buf_printf(out, "%s%-8s", i ? "\n" : "", i ? "" : name);
        msh_buf_printf(out, " %.4s", hex + i);
    }
    msh_buf_put_byte(out, '\n');
}

static void put_text(msh_buf *out, const char *name, msh_view v)
{
    if (!v.len)
        return;
    msh_buf_printf(out, "%s  ", name);
    msh_escape_terminal(out, v);
    msh_buf_put_byte(out, '\n');
}

static void put_when(msh_buf *out, const msh_proved *t)
{
    msh_buf_printf(out, "  %.10s %.8sZ", (const char *)t->ts.data, (const char *)t->ts.data + 11);
}

static void put_record(const msh_prover *p, const msh_proved *t, msh_buf *out)
{
    const bool en = p->options->lang == MSH_LANG_EN;
    const msh_json *body = t->body;
    if (t->decision) {
        msh_buf_printf(out, "%s %-6" PRIu64 " ", en ? "decision " : "决定", t->n);
        msh_escape_terminal(out,
                            msh_decided_act(msh_json_text(msh_json_get(t->decision, "act")), en));
        msh_buf_put_str(out, "  ");
        msh_escape_terminal(out, msh_json_text(msh_json_get(t->decision, "reviewer")));
    } else if (msh_view_eq_str(t->type, "item")) {
        msh_buf_printf(out, "%s %-6" PRIu64 " ", en ? "scan     " : "检查", t->n);
        msh_escape_terminal(out, msh_json_text(msh_json_get(body, "verdict")));
    } else if (msh_view_eq_str(t->type, "publish")) {
        msh_buf_printf(out, "%s %-6" PRIu64 " ", en ? "published" : "发布", t->n);
        msh_escape_terminal(out, msh_json_text(msh_json_get(body, "to")));
    } else {
        return;
    }
    put_when(out, t);
    msh_buf_put_byte(out, '\n');
}

/* The latest decision that names this file's bytes. */
static const msh_json *release_of(const msh_prover *p)
{
    for (size_t i = p->n_records; i-- > 0;)
        if (p->records[i].decision && msh_prover_entry(p, p->records[i].decision))
            return msh_json_get(p->records[i].decision, "release");
    return NULL;
}

static void put_checkpoints(const msh_prover *p, msh_buf *out, msh_buf *code)
{
    const bool en = p->options->lang == MSH_LANG_EN;
    msh_buf_printf(out, "%s  %s\n", en ? "log    " : "日志起源", p->origin);
    for (size_t i = 0; i < MSH_PROFILES; i++) {
        char name[MSH_LOG_ORIGIN + 8];
        if (p->notes[i].len == 0)
            continue;
        (void)snprintf(name, sizeof name, "%s%s", p->origin, msh_profile_at(i)->suffix);
        msh_checkpoint_text(code, name, p->cps[i].size, p->cps[i].root);
        msh_buf_printf(out, "%s  %" PRIu64 "  %s  ", en ? "records" : "记录数", p->cps[i].size,
                       i ? (en ? "SM3 root    " : "SM3 根    ")
                         : (en ? "SHA-256 root" : "SHA-256 根"));
        msh_base64_encode(out, msh_view_of(p->cps[i].root, 32));
        msh_buf_put_byte(out, '\n');
    }
}

void msh_prover_sheet(const msh_prover *p, msh_buf *out)
{
    const bool en = p->options->lang == MSH_LANG_EN;
    const msh_json *release = release_of(p);
    msh_buf code;
    msh_buf_init(&code, CODE_MAX);
    msh_buf_printf(out, "%s\n\n", en ? "PROOF OF A PUBLISHED FILE" : "发布文件证明单");
    put_text(out, en ? "release" : "信息编号", p->release);
    put_text(out, en ? "title  " : "信息名称", msh_json_text(msh_json_get(release, "title")));
    put_text(out, en ? "docno  " : "文号    ", msh_json_text(msh_json_get(release, "docno")));
    put_text(out, en ? "file   " : "文件    ", msh_view_str(p->rel));
    msh_buf_printf(out, "%s  %" PRIu64 "\n", en ? "bytes  " : "字节数  ", p->hash.size);
    put_grouped(out, "SHA-256", p->sha256);
    put_grouped(out, "SM3", p->sm3);
    msh_buf_put_byte(out, '\n');
    for (size_t i = 0; i < p->n_records; i++)
        put_record(p, &p->records[i], out);
    msh_buf_put_byte(out, '\n');
    msh_buf_put_str(&code, "mishen-proof/v1\n");
    msh_buf_put_view(&code, msh_view_cut(p->release, 0, 200));
    msh_buf_printf(&code, "\n%" PRIu64 "\n%s\n%s\n", p->hash.size, p->sha256, p->sm3);
    put_checkpoints(p, out, &code);
    msh_buf_printf(out, "%s  %.10s %.8sZ\n\n", en ? "printed" : "打印时间", p->now, p->now + 11);
    if (msh_qr_put(out, msh_buf_view(&code)) == MSH_E_NO_LIBRARY)
        msh_buf_printf(out, "%s\n",
                       en ? "(no QR code: built without libqrencode)"
                          : "（编译时没有 libqrencode，不印二维码）");
    msh_buf_dispose(&code);
}

const char msh_prover_readme[] =
    "本证明说明：文件（sheet.txt 中的名称和摘要）由谁在何时批准，依据哪次检查，记在哪份日志里。\n"
    "打印的证明单（sheet.txt）应在当日归档：单上的“记录数”和“根”就是依据，日后谁也改不了它。\n"
    "核对不需要本程序，也不需要联网：有 openssl 和 Python 3 即可。\n"
    "This proves who approved the file named in sheet.txt, and when. The printed sheet is the\n"
    "anchor: its size and root fix the log. openssl and Python 3 are all that is needed.\n"
    "\n"
    "  record-N.json            日志的第 N 条记录 / record N of the log\n"
    "  record-N.intl|gm.proof   它在日志里的证明（C2SP tlog-proof，SHA-256 或 SM3 树）\n"
    "  decision-N.note          其中的决定，由批准人的两把钥匙签名；decision-N.*.pub.pem 是其公钥\n"
    "  checkpoint.intl|gm       检查点；checkpoint.*.pub.pem 签名公钥，first.*.pub.pem 首把公钥\n"
    "  trust.policy、trust.vkey 信任策略和签署人的公钥（有的话）\n"
    "\n"
    "1. 文件的摘要应与证明单、decision-N.note 里的一致：\n"
    "     sha256sum 文件; openssl dgst -sm3 文件\n"
    "2. checkpoint.* 的第 2、3 行（记录数、根）应与打印的证明单一致。\n"
    "3. decision-N.*.pub.pem 应与批准人另行公布的公钥（mishen keys export 姓名）一致。\n"
    "4. 在本文件夹里运行下面两行之间的内容（sh）；每行都应是 good：\n"
    "--- 8< ---\n"
    "sig() { # NOTE KEY LINE intl|gm\n"
    "  awk '/^$/{exit}1' \"$1\" >text\n"
    "  awk 'f{print $3}/^$/{f=1}' \"$1\" | sed -n \"$3p\" | base64 -d | tail -c +5 >sig\n"
    "  if [ $4 = intl ]\n"
    "  then openssl pkeyutl -verify -pubin -inkey \"$2\" -rawin -in text -sigfile sig\n"
    "  else openssl dgst -sm3 -verify \"$2\" -sigopt distid:1234567812345678 -signature sig text\n"
    "  fi >/dev/null 2>&1 && echo \"good $1 $2\" || echo \"BAD $1 $2\"\n"
    "  rm -f text sig; }\n"
    "for t in intl gm; do\n"
    "  [ -e checkpoint.$t ] && sig checkpoint.$t checkpoint.$t.pub.pem 1 $t\n"
    "done\n"
    "for d in decision-*.note; do\n"
    "  sig $d ${d%.note}.intl.pub.pem 1 intl; sig $d ${d%.note}.gm.pub.pem 2 gm\n"
    "done\n"
    "cat >merkle.py <<'END'\n"
    "import base64, glob, hashlib\n"
    "for name in sorted(glob.glob('record-*.proof')):\n"
    "    n, tree = name[7:-6].split('.')\n"
    "    h = lambda b: hashlib.new('sm3' if tree == 'gm' else 'sha256', b).digest()\n"
    "    head, note = open(name, 'rb').read().split(b'\\n\\n', 1)\n"
    "    at, last = int(n), int(note.split(b'\\n')[1]) - 1\n"
    "    node = h(b'\\0' + open('record-%s.json' % n, 'rb').read())\n"
    "    for p in map(base64.b64decode, head.split(b'\\n')[2:]):\n"
    "        if at & 1 or at == last:\n"
    "            node = h(b'\\1' + p + node)\n"
    "            while not at & 1 and at:\n"
    "                at, last = at >> 1, last >> 1\n"
    "        else:\n"
    "            node = h(b'\\1' + node + p)\n"
    "        at, last = at >> 1, last >> 1\n"
    "    same = note == open('checkpoint.' + tree, 'rb').read()\n"
    "    root = base64.b64encode(node) == note.split(b'\\n')[2]\n"
    "    print('good' if same and root and last == 0 else 'BAD', name)\n"
    "END\n"
    "python3 merkle.py; rm -f merkle.py\n"
    "--- 8< ---\n";
