"""TAP 13 and 14: a test point is a test, one inside a subtest is named after it. Parents of subtests are left out."""

import re

from .names import Outcomes

POINT = re.compile(r"^( *)(not ok|ok) +\d+ *-? ?(.*)$")
SUBTEST = re.compile(r"^( *)# Subtest: (.*)$")
DIRECTIVE = re.compile(r"#\s*(skip|todo)", re.IGNORECASE)


def read(output, report, exit_code):
    tests = Outcomes()
    path = []  # (indent, name) of the subtests that are open
    parents = set()
    for line in output.splitlines():
        opened = SUBTEST.match(line)
        if opened:
            indent = len(opened.group(1))
            path = [part for part in path if part[0] < indent]
            parents.update(part for part in path)
            path.append((indent, opened.group(2).strip()))
            continue
        point = POINT.match(line)
        if not point:
            continue
        indent, outcome, text = len(point.group(1)), point.group(2), point.group(3)
        skipped = DIRECTIVE.search(text)
        name = re.split(r" +#", text, maxsplit=1)[0].strip()
        closes = next((part for part in path if part[0] == indent and part[1] == name), None)
        path = [part for part in path if part[0] < indent]
        if closes in parents and outcome == "ok":
            parents.discard(closes)
            continue
        parents.discard(closes)
        full = " > ".join([part[1] for part in path] + [name])
        tests.add(full, "skip" if skipped else "pass" if outcome == "ok" else "fail")
    return tests
