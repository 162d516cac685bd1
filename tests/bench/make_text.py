#!/usr/bin/env python3
"""Make text to measure with: make_text.py OUTDIR [MEGABYTES]

Chinese prose of made-up words in the proportions of real text (Zipf), as UTF-8, GB18030 and UTF-16
text and as web pages of an office program; lists of 2,000 and 20,000 words that are rare in it, as
plain lists for other programs and as rule packs. The same arguments give the same bytes.
"""

import itertools
import pathlib
import random
import sys

COMMON = pathlib.Path(__file__).resolve().parents[2] / "scanner" / "text" / "common.txt"
FILE_BYTES = 20000
FORMS = ("utf8", "gb", "utf16", "html", "htmlgb")


def characters():
    text = "".join(line for line in COMMON.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return [c for c in dict.fromkeys(text) if "\u4e00" <= c <= "\u9fff"]


def vocabulary(dice):
    chars = characters()
    weights = list(itertools.accumulate(1 / (i + 20) for i in range(len(chars))))
    words = {}
    while len(words) < 60000:
        words["".join(dice.choices(chars, cum_weights=weights, k=dice.choice((2, 2, 2, 3, 4))))] = None
    return list(words)


def paragraphs(dice, words):
    weights = list(itertools.accumulate((i + 10) ** -1.3 for i in range(len(words))))
    while True:
        picked = dice.choices(words, cum_weights=weights, k=dice.randrange(10, 90))
        ends = dice.choices(("", "", "", "，", "，", "、", "。"), k=len(picked))
        number = f"第{dice.randrange(1, 400)}条　" if dice.random() < 0.3 else ""
        yield number + "".join(a + b for a, b in zip(picked, ends)) + "。"


def page(body):
    head = '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="{charset}"><title>条例</title></head><body>\n'
    rows = [f'<p class="MsoNormal" style="text-indent:32.0pt"><span lang="EN-US">&nbsp;&nbsp;</span>'
            f'<span style="font-size:16.0pt;font-family:仿宋_GB2312">{p}</span></p>' for p in body]
    return head + "\n".join(rows) + "\n</body></html>\n"


def render(form, body):
    plain = "\n".join(body) + "\n"
    if form == "utf8":
        return "txt", plain.encode("utf-8")
    if form == "gb":
        return "txt", plain.encode("gb18030")
    if form == "utf16":
        return "txt", b"\xff\xfe" + plain.encode("utf-16-le")
    if form == "html":
        return "html", page(body).replace("{charset}", "utf-8").encode("utf-8")
    return "html", page(body).replace("{charset}", "gb18030").encode("gb18030")


def write_pack(path, words):
    lines = ["format: 1", "pack: {id: bench, version: \"1\", publisher: bench, effective: 2026-01-01}", "rules:",
             "  - id: bench.words", "    name: 测速用词", "    category: 测速", "    tier: 提示", "    basis: 无，仅供测速",
             "    explain: 测速用规则。", "    advice: 无需处理。", "    find:", "      kind: words", "      any:"]
    lines += [f"        - '{word}'" for word in words]
    lines += ["    where: {position: anywhere}", "    tests:", f"      - {{text: '这里有{words[0]}二字', expect: 提示}}",
              "      - {text: '甲乙丙丁', expect: none}"]
    path.mkdir(parents=True, exist_ok=True)
    (path / "words.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(out, megabytes):
    dice = random.Random(20261125)
    words = vocabulary(dice)
    rare = words[38000:]
    for count in (2000, 20000):
        (out / f"words-{count}.txt").write_text("\n".join(rare[:count]) + "\n", encoding="utf-8")
        write_pack(out / f"rules-{count}", rare[:count])
    prose = paragraphs(dice, words)
    for form in FORMS:
        folder, size, n = out / "text" / form, 0, 0
        folder.mkdir(parents=True, exist_ok=True)
        while size < megabytes * 1e6 / len(FORMS):
            body = []
            while sum(map(len, body)) * 3 < FILE_BYTES:
                body.append(next(prose))
            suffix, data = render(form, body)
            (folder / f"{n:05}.{suffix}").write_bytes(data)
            size += len(data)
            n += 1


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    target = pathlib.Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    main(target, float(sys.argv[2]) if len(sys.argv) == 3 else 50)
