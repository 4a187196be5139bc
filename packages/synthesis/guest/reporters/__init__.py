"""Reporters: what a test run printed or wrote, as {test name: "pass" | "fail" | "skip"}. One file each, one line here."""

from . import ctest, exit_code, go_json, jest, junit, libtest, tap, tape

# Each has read(output, report, exit_code): report is the text of the file that the suite names, or "".
REPORTERS = {
    "ctest": ctest.read,
    "exit": exit_code.read,
    "go-json": go_json.read,
    "jest": jest.read,
    "junit": junit.read,
    "libtest": libtest.read,
    "tap": tap.read,
    "tape": tape.read,
}
