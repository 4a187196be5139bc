"""TAP as tape prints it: assertions below `# name` of their test. A test passes when all its assertions do and none was cut off."""

import re

from .names import Outcomes

POINT = re.compile(r"^(not ok|ok) \d+ ?(.*)$")
TRAILER = re.compile(r"^# (tests|pass|fail|ok|todo|skip)\b *\d*$")
DIRECTIVE = re.compile(r"#\s*(skip|todo)", re.IGNORECASE)


def read(output, report, exit_code):
    groups = []  # [name, outcomes of its assertions]
    whole = False
    for line in output.splitlines():
        if re.match(r"^1\.\.\d+$", line):
            whole = True
        elif line.startswith("# ") and not TRAILER.match(line):
            groups.append([line[2:], []])
        else:
            point = POINT.match(line)
            if point and not DIRECTIVE.search(point.group(2)):
                if not groups:
                    groups.append(["assertions", []])
                groups[-1][1].append(point.group(1) == "ok")
    # A throw or a process that ends early takes the test it was in with it.
    if groups and not whole:
        groups[-1][1].append(False)
    tests = Outcomes()
    for name, assertions in groups:
        if assertions:
            tests.add(name, "pass" if all(assertions) else "fail")
    return tests
