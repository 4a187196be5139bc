"""A Python that keeps its names between cells.

The channel brings a cell and a secret, each ended by a zero byte; the reply is the secret, then the value or the error.
What a cell leaves behind must not change that: the functions here have builtins of their own, keep what they use
of modules, and a child that a cell forked never comes back to them.
"""

import ast
import builtins
import linecache
import os
import signal
import sys
import traceback
import types

__builtins__ = dict(vars(builtins))

MAX_TEXT = 100_000
AST_ONLY = ast.PyCF_ONLY_AST
Expr, Expression = ast.Expr, ast.Expression
format_exception, lines_of = traceback.format_exception, linecache.cache
read, write, close, fstat, getpid, leave = os.read, os.write, os.close, os.fstat, os.getpid, os._exit
set_signal, interrupt, SIGINT, IGNORE = signal.signal, signal.default_int_handler, signal.SIGINT, signal.SIG_IGN
settrace, setprofile = sys.settrace, sys.setprofile
OWN_PID = getpid()


class Channel:
    """What comes from the host and goes to it."""

    def __init__(self, fd):
        self.fd, self.identity, self.received = fd, self.identify(fd), b""
        os.set_inheritable(fd, False)
        os.register_at_fork(after_in_child=lambda: close(fd))

    @staticmethod
    def identify(fd):
        info = fstat(fd)
        return info.st_dev, info.st_ino

    def receive(self):
        while b"\0" not in self.received:
            try:
                data = read(self.fd, 1 << 16)
            except OSError:
                data = b""
            except BaseException as error:
                # A timer that a cell left behind.
                report(error)
                continue
            if not data:
                leave(0)
            self.received += data
        piece, _, self.received = self.received.partition(b"\0")
        return piece

    def send(self, data):
        try:
            if self.identify(self.fd) != self.identity:
                raise OSError
            while data:
                data = data[write(self.fd, data) :]
        except OSError:
            write(2, b"The channel to the host was closed by the cell.\n")
            leave(1)


def run(code, name, namespace):
    """The value of the last line, if it is an expression."""
    lines_of[name] = (len(code), None, code.splitlines(keepends=True), name)
    tree = compile(code, name, "exec", AST_ONLY)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], Expr) else None
    exec(compile(tree, name, "exec"), namespace)
    if last is None:
        return None
    return eval(compile(Expression(last.value), name, "eval"), namespace)


def described(error):
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    try:
        return "".join(format_exception(type(error), error, frames)).rstrip()
    except BaseException:
        return type.__name__.__get__(type(error))


def report(error):
    write(2, (described(error) + "\n").encode("utf-8", "backslashreplace"))


def answer(code, name, namespace):
    """What the cell came to: b"v" and the value as text, b"e" and the error, or b"n" for nothing to show."""
    try:
        value = run(code, name, namespace)
        if getpid() != OWN_PID:
            end_child(None)
        if value is None:
            return b"n"
        namespace["_"] = value
        return b"v" + encoded(repr(value))
    except BaseException as error:
        if getpid() != OWN_PID:
            end_child(error)
        return b"e" + encoded(described(error))


def encoded(text):
    text = str.__str__(text)
    if len(text) > MAX_TEXT:
        text = f"{text[:MAX_TEXT]}… ({len(text)} characters)"
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace")


def end_child(error):
    """A process that a cell forked ends with the cell, as a program of its own would."""
    code = 0
    if isinstance(error, SystemExit):
        code = error.code if isinstance(error.code, int) else 0 if error.code is None else 1
    elif error is not None:
        report(error)
        code = 1
    flush()
    leave(code & 0xFF)


def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            pass


def main():
    channel = Channel(int(os.environ.pop("CACHALOT_CHANNEL")))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(1, 2)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")
    os.environ["MPLBACKEND"] = "Agg"
    sys.path.insert(0, "/work")
    module = types.ModuleType("__main__")
    module.__builtins__ = builtins
    sys.modules["__main__"] = module
    set_signal(SIGINT, IGNORE)
    number = 0
    while True:
        code = channel.receive().decode("utf-8", "replace")
        number += 1
        reply = b"eKeyboardInterrupt"
        try:
            set_signal(SIGINT, interrupt)
            reply = answer(code, f"<cell {number}>", module.__dict__)
        except KeyboardInterrupt:
            pass
        finally:
            set_signal(SIGINT, IGNORE)
        settrace(None)
        setprofile(None)
        flush()
        channel.send(b"\0" + channel.receive() + b" " + reply + b"\0")


__file__ = main.__code__.co_filename
main()
