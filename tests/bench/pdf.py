"""CPU milliseconds of mishen-pdf a document, helper kept alive: pdf.py HELPER FOLDER|FILE…"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "cli"))
sys.dont_write_bytecode = True
from helper_ask import Helper  # noqa: E402


def cpu_ms(pid):
    with open(f"/proc/{pid}/schedstat") as f:
        return int(f.read().split()[0]) / 1e6


def documents(paths):
    for path in paths:
        inside = [path] if os.path.isfile(path) else [os.path.join(d, n) for d, _, names in os.walk(path) for n in names]
        yield from (p for p in sorted(inside) if p.endswith(".pdf"))


def main():
    helper, costs = Helper(sys.argv[1]), []
    for path in documents(sys.argv[2:]):
        with open(path, "rb") as f:
            data = f.read()
        if not costs:
            helper.ask(data)  # start and fonts
        before, pid = cpu_ms(helper.process.pid), helper.process.pid
        if not helper.ask(data).crashed and pid == helper.process.pid:
            costs.append((cpu_ms(pid) - before, path))
    if not costs:
        sys.exit("no PDF there")
    costs.sort()
    print(f"{len(costs)} documents, median {costs[len(costs) // 2][0]:.1f} ms, slowest {costs[-1][0]:.1f} ms")


main()
