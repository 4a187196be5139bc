"""`go test -json`: an event a line; a test's last event is its outcome."""

import json

OUTCOMES = {"pass": "pass", "fail": "fail", "skip": "skip"}


def read(output, report, exit_code):
    tests = {}
    for line in output.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and event.get("Test") and event.get("Action") in OUTCOMES:
            tests[str(event["Test"])[:300]] = OUTCOMES[event["Action"]]
    return tests
