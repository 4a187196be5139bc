"""Rust's libtest: `test name ... ok`, by the binary that ran them."""

import re

from .names import Outcomes

LINE = re.compile(r"^test (.+?) \.\.\. (ok|FAILED|ignored)\b", re.MULTILINE)
OUTCOMES = {"ok": "pass", "FAILED": "fail", "ignored": "skip"}
# A documentation test is named by its line, which moves.
POSITION = re.compile(r" \(line \d+\)")


def read(output, report, exit_code):
    tests = Outcomes()
    for name, outcome in LINE.findall(output):
        tests.add(POSITION.sub("", name), OUTCOMES[outcome])
    return tests
