"""Writes every case into a folder, scans it, and says what was missed: run.py MISHEN [NAME-PART]"""

import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import kit  # noqa: E402

FAMILIES = "text_places markup_places office_places archive_places binary_places".split()


def scan(program, folder):
    """{file name: [verdict, tiers of its findings]}"""
    items, names = {}, {}
    command = [program, "scan", "--format", "ndjson", "--state", folder + ".state", folder]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode not in (1, 2):
        sys.exit(f"the scan itself failed: exit {done.returncode}")
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        row = json.loads(line)
        if row["type"] == "item":
            names[row["n"]] = os.path.basename(row["path"])
            items[names[row["n"]]] = [row["verdict"], []]
        elif row["type"] == "finding":
            items[names[row["item"]]][1].append(row["tier"])
    return items


def main():
    program, part = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    cases = kit.Cases()
    for family in FAMILIES:
        try:
            module = __import__(family)
        except ModuleNotFoundError as e:
            print(f"SKIPPED: {family}: {e}")
            continue
        module.all_of(cases)
    wanted = {n: v for n, v in cases.all.items() if part in n}
    with tempfile.TemporaryDirectory() as top:
        folder = os.path.join(top, "out")
        os.mkdir(folder)
        for name, (data, _) in wanted.items():
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)
        seen = scan(program, folder)
    missed, wanted_yet = [], []
    for name, (_, due) in wanted.items():
        verdict, tiers = seen.get(name, ["not scanned", []])
        found = "BLOCK" in tiers or "REVIEW" in tiers
        if not found and due == kit.WANTED:
            wanted_yet.append(name)
        elif not found and (due == kit.FOUND or verdict in ("PASS", "not scanned")):
            missed.append(f"{name}: {verdict}")
    print("\n".join(missed))
    print(f"{len(wanted)} hiding places, {len(missed)} missed; not found yet: {' '.join(wanted_yet) or 'none'}")
    return 1 if missed else 0


sys.exit(main())
