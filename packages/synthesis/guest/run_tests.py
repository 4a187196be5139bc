"""Runs the test suites of a plan, each in a process of its own, and tells how every test ended.

    python3 run_tests.py --plan plan.json --repo /work/repo --out results.json [--shuffle SEED]

Plan: {env, build: [bash], buildTimeoutSec, suites: [{name, command, reporter, report?: pattern, timeoutSec}]}. Python 3.8 or newer.
"""

import argparse
import glob
import json
import os
import random
import selectors
import signal
import subprocess
import time

from reporters import REPORTERS

MAX_OUTPUT = 16 << 20
TAIL = 2000


def run(command, cwd, env, timeout):
    """Runs a program to its end, its time limit or its output limit. Returns {exit, ended, ms, stdout, tail}."""
    started = time.monotonic()
    child = subprocess.Popen(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    kept = {child.stdout: bytearray(), child.stderr: bytearray()}
    ended = "exit"
    with selectors.DefaultSelector() as selector:
        for stream in kept:
            os.set_blocking(stream.fileno(), False)
            selector.register(stream, selectors.EVENT_READ)
        last = None  # when it had exited: what it left running may hold the pipes open
        while selector.get_map():
            now = time.monotonic()
            if child.poll() is not None:
                last = last or now
                if now - last > 1:
                    break
            if now - started > timeout:
                ended = "timeout"
                break
            for key, _ in selector.select(0.1 if last else min(0.5, max(0.01, timeout - (now - started)))):
                data = key.fileobj.read(1 << 16)
                if data:
                    kept[key.fileobj] += data
                elif data is not None:
                    selector.unregister(key.fileobj)
            if sum(map(len, kept.values())) > MAX_OUTPUT:
                ended = "output"
                break
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    child.wait()
    stdout, stderr = (bytes(part).decode("utf-8", "replace") for part in kept.values())
    child.stdout.close()
    child.stderr.close()
    milliseconds = int((time.monotonic() - started) * 1000)
    return {"exit": child.returncode, "ended": ended, "ms": milliseconds, "stdout": stdout, "tail": (stdout + stderr)[-TAIL:]}


def run_suite(suite, repo, env):
    pattern = os.path.join(repo, suite["report"]) if suite.get("report") else None
    for old in glob.glob(pattern) if pattern else []:
        os.unlink(old)
    try:
        result = run(suite["command"], repo, env, suite.get("timeoutSec", 60))
    except OSError as error:
        return {"name": suite["name"], "exit": None, "ended": "failed", "ms": 0, "tests": {}, "tail": str(error)}
    stdout, tests = result.pop("stdout"), {}
    # A program that was stopped tells what its report says so far; where it is the test itself it tells nothing.
    if result["ended"] == "exit" or (result["ended"] == "timeout" and suite["reporter"] != "exit"):
        for text in reports(pattern):
            tests.update(REPORTERS[suite["reporter"]](stdout, text, result["exit"]))
    return {"name": suite["name"], **result, "tests": tests}


def reports(pattern):
    """Texts of the report files; one that is empty where there are none."""
    texts = []
    for path in sorted(glob.glob(pattern)) if pattern else []:
        if os.path.isfile(path) and not os.path.islink(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                texts.append(file.read(MAX_OUTPUT))
    return texts or [""]


def run_plan(plan, repo, shuffle=None):
    """Returns {built, build, suites}; where a build step fails its suites still run, on what there is."""
    env = {**os.environ, "TZ": "UTC", "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", **plan.get("env", {})}
    built, steps = True, []
    for step in plan.get("build", []):
        result = run(["bash", "-c", step], repo, env, plan.get("buildTimeoutSec", 300))
        result.pop("stdout")
        steps.append({"command": step, **result})
        built = built and result["exit"] == 0 and result["ended"] == "exit"
    suites = list(plan["suites"])
    if shuffle is not None:
        random.Random(shuffle).shuffle(suites)
    return {"built": built, "build": steps, "suites": [run_suite(suite, repo, env) for suite in suites]}


def main():
    parser = argparse.ArgumentParser(description="Runs the test suites of a plan.")
    parser.add_argument("--plan", required=True)
    parser.add_argument("--repo", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--shuffle", type=int)
    arguments = parser.parse_args()
    with open(arguments.plan, encoding="utf-8") as file:
        plan = json.load(file)
    results = run_plan(plan, arguments.repo, arguments.shuffle)
    with open(arguments.out + ".part", "w", encoding="utf-8") as file:
        json.dump(results, file)
    os.replace(arguments.out + ".part", arguments.out)


if __name__ == "__main__":
    main()
