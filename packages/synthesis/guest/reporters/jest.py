"""Jest's `--json --outputFile`: assertion results of a test file."""

import json

from .names import Outcomes

OUTCOMES = {"passed": "pass", "failed": "fail"}


def read(output, report, exit_code):
    tests = Outcomes()
    try:
        files = json.loads(report).get("testResults", [])
    except (ValueError, AttributeError):
        return tests
    for file in files:
        for result in file.get("assertionResults", []):
            tests.add(str(result.get("fullName")), OUTCOMES.get(result.get("status"), "skip"))
    return tests
