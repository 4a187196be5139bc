"""`ctest --output-junit`: a case is a program; one that prints Unity's lines tells its own tests apart."""

import re

from .junit import cases
from .names import Outcomes

UNITY = re.compile(r"^[^\s:]+:\d+:(\w+):(PASS|FAIL|IGNORE)\b", re.MULTILINE)
OUTCOMES = {"PASS": "pass", "FAIL": "fail", "IGNORE": "skip"}


def read(output, report, exit_code):
    tests = Outcomes()
    for _, program, outcome, printed in cases(report):
        lines = UNITY.findall(printed)
        for name, result in lines:
            tests.add("%s > %s" % (program, name), OUTCOMES[result])
        told = any(result == "FAIL" for _, result in lines)
        if not lines or (outcome == "fail" and not told):
            tests.add(program, outcome)
    return tests
