"""Runs inside the sandbox: starts processes and moves files as the host asks, one JSON object a line.

Its text is that of files.py, workspace.py and processes.py, then this. Requests come on stdin, events go to stdout.
Programs it starts have the same rights as this one, and may kill it: the host believes nothing it says beyond what a
sandboxed program may say.
"""

import base64
import ctypes
import json
import os
import resource
import selectors
import signal
import subprocess
import sys

PR_SET_DUMPABLE = 4
LIMITS = ("RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_AS", "RLIMIT_NPROC", "RLIMIT_DATA", "RLIMIT_STACK")

libc = ctypes.CDLL(None)
selector = selectors.DefaultSelector()
processes = {}


def emit(**event):
    data = (json.dumps(event) + "\n").encode()
    while data:
        data = data[os.write(1, data) :]


def start(key, argv, outputBytes, floodBytes, cwd="/work", cpuSeconds=0, channel=False):
    try:
        processes[key] = Process(key, argv, cwd, cpuSeconds, channel, outputBytes, floodBytes)
    except BlockingIOError:
        raise Refused("no process can be started, as many as are allowed are running; restart the sandbox")


def talk(process, op, request):
    """To a program that has ended meanwhile there is nothing to say."""
    if process is None:
        return
    if op == "signal":
        process.signal(getattr(signal, request["signal"]))
    elif op == "exchange":
        process.exchange(request["number"], base64.b64decode(request["data"]))
    else:
        process.write("stdin", base64.b64decode(request["data"]), request.get("end", False))


OPERATIONS = {
    **{"put": put, "get": get, "list": list_directory, "stat": stat_path},
    **{"scan": scan, "chunks": chunks, "make": make, "fill": fill, "finish": finish},
}


def serve(request):
    op, key = request.pop("op"), request.pop("id")
    try:
        if op == "start":
            start(key, **request)
        elif op in OPERATIONS:
            emit(id=key, event="done", **OPERATIONS[op](**request))
        else:
            talk(processes.get(key), op, request)
    except Refused as error:
        emit(id=key, event="failed", message=str(error))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        subject = request.get("path") or request.get("argv", ["/work"])[0]
        emit(id=key, event="failed", message=f"{subject}: {getattr(error, 'strerror', None) or error}")


def limits():
    return [resource.getrlimit(getattr(resource, name)) for name in LIMITS]


def main():
    # Where no other uid could be taken the uid may be that of this machine's root, whom no capability need help.
    if os.access("/proc/sys/kernel/core_pattern", os.W_OK):
        sys.exit("programs inside would be root of this machine; start as another user or with more user ids")
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    # A handler, as programs it starts would inherit "ignore".
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    own_limits = limits()
    received = bytearray()

    def requests(_):
        data = os.read(0, PIECE)
        # Lowered from inside, they would make every request fail, and the sandbox never be replaced.
        if not data or limits() != own_limits:
            sys.exit(0)
        received.extend(data)
        if b"\n" not in data:
            return
        *lines, rest = received.split(b"\n")
        received[:] = rest
        for line in lines:
            serve(json.loads(line))

    selector.register(0, selectors.EVENT_READ, (requests, None))
    emit(event="ready")
    while True:
        for key, _ in selector.select():
            # An earlier event of this round may have closed it, and its number may be another's by now.
            if selector.get_map().get(key.fd) is key:
                handle, name = key.data
                handle(name)


main()
