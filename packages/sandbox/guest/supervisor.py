"""Runs inside the sandbox: starts processes and moves files as the host asks, one JSON object a line.

Its text is that of files.py and workspace.py, then this.

Requests come on stdin, events go to stdout. Programs it starts have the same rights as this one, and may
kill it or speak in its name: the host believes nothing it says beyond what a sandboxed program may say.
"""

import base64
import ctypes
import fcntl
import json
import os
import resource
import selectors
import signal
import subprocess
import sys

PIECE = 1 << 16
DRAIN = 1 << 20
PR_SET_DUMPABLE = 4

libc = ctypes.CDLL(None)
selector = selectors.DefaultSelector()
processes = {}


def emit(**event):
    data = (json.dumps(event) + "\n").encode()
    while data:
        data = data[os.write(1, data) :]


class Process:
    """A running program: its pipes by name, and what still has to be written to it."""

    def __init__(self, key, argv, cwd, cpu_seconds, control):
        self.key = key
        self.pending = {}
        control_in = os.pipe() if control else ()
        control_out = os.pipe() if control else ()
        env = dict(os.environ)
        if control:
            env.update(CACHALOT_IN=str(control_in[0]), CACHALOT_OUT=str(control_out[1]))

        def prepare():
            # Killed before the supervisor when memory runs out; a process that is not dumpable may not say so.
            libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
            with open("/proc/self/oom_score_adj", "w") as file:
                file.write("1000")
            if cpu_seconds:
                resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))

        try:
            self.popen = subprocess.Popen(
                argv,
                cwd=cwd,
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
                pass_fds=[control_in[0], control_out[1]] if control else [],
                preexec_fn=prepare,
            )
        except BaseException:
            for fd in (*control_in, *control_out):
                os.close(fd)
            raise
        self.fds = {name: os.dup(getattr(self.popen, name).fileno()) for name in ("stdin", "stdout", "stderr")}
        for name in ("stdin", "stdout", "stderr"):
            getattr(self.popen, name).close()
        if control:
            os.close(control_in[0])
            os.close(control_out[1])
            self.fds.update({"control-in": control_in[1], "control": control_out[0]})
        for name, fd in self.fds.items():
            fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_NONBLOCK)
            if name in ("stdout", "stderr", "control"):
                selector.register(fd, selectors.EVENT_READ, (self.read, name))
        self.pidfd = os.pidfd_open(self.popen.pid)
        selector.register(self.pidfd, selectors.EVENT_READ, (self.ended, None))

    def read(self, name):
        if name == "control":
            self.drain()
        try:
            data = os.read(self.fds[name], PIECE)
        except BlockingIOError:
            return 0
        except OSError:
            data = b""
        if data:
            emit(id=self.key, event=name, data=base64.b64encode(data).decode())
        else:
            self.close(name)
        return len(data)

    def drain(self):
        """What was written before this moment, within reason: a program left behind may write for ever."""
        for name in ("stdout", "stderr"):
            left = DRAIN
            while left > 0 and name in self.fds:
                size = self.read(name)
                if size == 0:
                    break
                left -= size

    def write(self, name, data, end):
        if name not in self.fds:
            return
        waiting = self.pending.setdefault(name, bytearray())
        if not waiting:
            selector.register(self.fds[name], selectors.EVENT_WRITE, (self.flush, name))
        waiting += data
        if end:
            self.pending[name + ".end"] = True

    def flush(self, name):
        waiting = self.pending[name]
        try:
            del waiting[: os.write(self.fds[name], waiting[:PIECE])]
        except BlockingIOError:
            return
        except OSError:
            waiting.clear()
            self.pending[name + ".end"] = True
        if not waiting:
            selector.unregister(self.fds[name])
            if self.pending.get(name + ".end"):
                self.close(name)

    def close(self, name):
        fd = self.fds.pop(name, None)
        if fd is None:
            return
        try:
            selector.unregister(fd)
        except KeyError:
            pass
        os.close(fd)

    def signal(self, number):
        try:
            os.killpg(self.popen.pid, number)
        except ProcessLookupError:
            pass

    def ended(self, _):
        code = self.popen.wait()
        if "control" in self.fds:
            self.read("control")
        self.drain()
        selector.unregister(self.pidfd)
        os.close(self.pidfd)
        self.signal(signal.SIGKILL)
        for name in list(self.fds):
            self.close(name)
        del processes[self.key]
        emit(id=self.key, event="exit", code=code)


def start(key, argv, cwd="/work", cpuSeconds=0, control=False):
    try:
        processes[key] = Process(key, argv, cwd, cpuSeconds, control)
    except BlockingIOError:
        raise Refused("no process can be started, as many as are allowed are running; restart the sandbox")
    return {}


OPERATIONS = {
    **{"put": put, "get": get, "list": list_directory, "stat": stat_path},
    **{"scan": scan, "chunks": chunks, "make": make, "fill": fill, "finish": finish},
}


def serve(request):
    op, key = request.pop("op"), request.pop("id")
    try:
        if op == "start":
            start(key, **request)
        elif op == "write":
            process = processes.get(key)
            if process:
                process.write(request["stream"], base64.b64decode(request["data"]), request.get("end", False))
        elif op == "signal":
            process = processes.get(key)
            if process:
                process.signal(getattr(signal, request["signal"]))
        else:
            emit(id=key, event="done", **OPERATIONS[op](**request))
    except Refused as error:
        emit(id=key, event="failed", message=str(error))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        path = request.get("path") or request.get("argv", [""])[0]
        emit(id=key, event="failed", message=f"{path}: {getattr(error, 'strerror', None) or error}")


def main():
    # Where no other uid could be taken the uid may be that of this machine's root, whom no capability need help.
    if os.access("/proc/sys/kernel/core_pattern", os.W_OK):
        sys.exit("programs inside would be root of this machine; start as another user or with more user ids")
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    # A handler, as programs it starts would inherit "ignore".
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    received = bytearray()

    def requests(_):
        data = os.read(0, PIECE)
        if not data:
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
