"""A Python that keeps its names between cells: reads cells as JSON lines, runs them, answers with JSON lines."""

import ast
import json
import linecache
import os
import signal
import sys
import traceback
import types

MAX_REPR = 100_000


def run(code, name, namespace):
    """The value of the last line, if it is an expression."""
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    tree = ast.parse(code, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), namespace)
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), name, "eval"), namespace)


def shown(value):
    text = repr(value)
    return text if len(text) <= MAX_REPR else f"{text[:MAX_REPR]}… ({len(text)} characters)"


def answer(code, name, namespace):
    try:
        value = run(code, name, namespace)
        if value is None:
            return {}
        namespace["_"] = value
        return {"value": shown(value)}
    except BaseException as error:
        frames = error.__traceback__
        while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
            frames = frames.tb_next
        return {"error": "".join(traceback.format_exception(type(error), error, frames)).rstrip()}


def main():
    cells = os.fdopen(int(os.environ.pop("CACHALOT_IN")), "r", encoding="utf-8", newline="\n")
    answers = os.fdopen(int(os.environ.pop("CACHALOT_OUT")), "w", encoding="utf-8", newline="\n")
    for stream in (cells, answers):
        os.set_inheritable(stream.fileno(), False)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(1, 2)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")
    os.environ["MPLBACKEND"] = "Agg"
    sys.path.insert(0, "/work")
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number, line in enumerate(cells, 1):
        reply = {"error": "KeyboardInterrupt"}
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            reply = answer(json.loads(line)["code"], f"<cell {number}>", module.__dict__)
        except KeyboardInterrupt:
            pass
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError, AttributeError):
                pass
        answers.write(json.dumps(reply) + "\n")
        answers.flush()


__file__ = main.__code__.co_filename
main()
