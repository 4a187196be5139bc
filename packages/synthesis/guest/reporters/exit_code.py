"""Exit code: a program that is one test, passed where it ends with 0."""


def read(output, report, exit_code):
    return {"exit": "pass" if exit_code == 0 else "fail"}
