"""Grades a repository: 1 where every test that must pass does, else 0 and the tests that do not.

    python3 grade.py --tests /tests --repo /work/repo --logs /logs/verifier

`tests/expected.json` is {FAIL_TO_PASS, PASS_TO_PASS}: lists of "suite > test".
"""

import argparse
import json
import os

from run_tests import run_plan


def main():
    parser = argparse.ArgumentParser(description="Grades a repository by its tests.")
    parser.add_argument("--tests", required=True)
    parser.add_argument("--repo", required=True)
    parser.add_argument("--logs", required=True)
    arguments = parser.parse_args()

    def read(name):
        with open(os.path.join(arguments.tests, name), encoding="utf-8") as file:
            return json.load(file)

    expected = read("expected.json")
    results = run_plan(read("plan.json"), arguments.repo)
    passed = {
        "%s > %s" % (suite["name"], test)
        for suite in results["suites"]
        for test, outcome in suite["tests"].items()
        if outcome == "pass"
    }
    broken = {kind: [test for test in expected[kind] if test not in passed] for kind in ("FAIL_TO_PASS", "PASS_TO_PASS")}
    reward = 0 if any(broken.values()) else 1
    for kind, tests in broken.items():
        for test in tests:
            print("%s is broken: %s" % (kind, test))
    os.makedirs(arguments.logs, exist_ok=True)
    with open(os.path.join(arguments.logs, "report.json"), "w", encoding="utf-8") as file:
        json.dump({"reward": reward, "broken": broken, "results": results}, file)
    with open(os.path.join(arguments.logs, "reward.txt"), "w", encoding="utf-8") as file:
        file.write("%d\n" % reward)


if __name__ == "__main__":
    main()
