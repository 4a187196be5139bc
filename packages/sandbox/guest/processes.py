"""Programs of the sandbox: their pipes, how much of their output goes out, and the channel of those that stay."""

import base64
import fcntl
import os
import resource
import secrets
import selectors
import signal
import socket
import struct
import subprocess
import time

PIECE = 1 << 16
DRAIN = 1 << 20
MAX_REPLY = 1 << 20
MAX_JUNK = 4 << 20
CREDENTIALS = struct.Struct("iii")
TICKS = os.sysconf("SC_CLK_TCK")


class Output:
    """A stream: its beginning goes to the host at once, of the rest only the end, when it is asked for."""

    def __init__(self, key, name, limit):
        self.key, self.name = key, name
        self.most, self.most_tail = limit - limit // 2, limit // 2
        self.open = True
        self.reset()

    def reset(self):
        self.sent, self.held, self.tail, self.skipped = 0, bytearray(), bytearray(), 0

    def push(self, data):
        room = max(0, self.most - self.sent)
        self.sent += len(data[:room])
        self.held += data[:room]
        self.tail += data[room:]
        excess = len(self.tail) - self.most_tail
        if excess > 0:
            del self.tail[:excess]
            self.skipped += excess
        if self.open:
            self.emit_held()

    def emit_held(self):
        if self.held:
            emit(id=self.key, event=self.name, data=base64.b64encode(self.held).decode())
            self.held.clear()

    def finish(self):
        """Sends what is kept. What comes later is held back, until it is opened again."""
        self.emit_held()
        if self.tail or self.skipped:
            data = base64.b64encode(self.tail).decode()
            emit(id=self.key, event=self.name, data=data, skipped=self.skipped)
        self.reset()
        self.open = False

    def reopen(self):
        self.open = True
        self.emit_held()


class Process:
    """A running program: its pipes by name, and what still has to be written to it."""

    def __init__(self, key, argv, cwd, cpu_seconds, channel, output_bytes, flood_bytes):
        self.key = key
        self.pending = {}
        self.outputs = {name: Output(key, name, output_bytes) for name in ("stdout", "stderr")}
        self.flood_bytes, self.written, self.flooding = flood_bytes, 0, False
        self.number, self.nonce, self.began, self.received, self.junk = None, None, 0, bytearray(), 0
        self.channel, theirs = socket.socketpair() if channel else (None, None)
        env = dict(os.environ)
        if channel:
            # The kernel tells who wrote: a child that got hold of the channel is not heard.
            self.channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            env["CACHALOT_CHANNEL"] = str(theirs.fileno())
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
                pass_fds=[theirs.fileno()] if channel else [],
                preexec_fn=lambda: prepare(cpu_seconds),
            )
        except BaseException:
            if channel:
                self.channel.close()
            raise
        finally:
            if channel:
                theirs.close()
        self.take_pipes()
        self.pidfd = os.pidfd_open(self.popen.pid)
        selector.register(self.pidfd, selectors.EVENT_READ, (self.ended, None))

    def take_pipes(self):
        self.fds = {}
        for name in ("stdin", "stdout", "stderr"):
            pipe = getattr(self.popen, name)
            self.fds[name] = os.dup(pipe.fileno())
            pipe.close()
        self.inodes = {os.fstat(self.fds[name]).st_ino for name in self.outputs}
        if self.channel:
            self.fds["channel"] = self.channel.fileno()
        for name, fd in self.fds.items():
            fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_NONBLOCK)
            if name != "stdin":
                selector.register(fd, selectors.EVENT_READ, (self.ready, name))

    def ready(self, name):
        events = selector.get_key(self.fds[name])
        if name == "channel":
            if events.events & selectors.EVENT_WRITE and self.pending.get(name):
                self.flush(name)
            if name in self.fds:
                self.hear()
        else:
            self.read(name)

    def read(self, name):
        try:
            data = os.read(self.fds[name], PIECE)
        except BlockingIOError:
            return 0
        except OSError:
            data = b""
        if not data:
            self.close(name)
            return 0
        self.outputs[name].push(data)
        self.written += len(data)
        if self.written > self.flood_bytes:
            self.flooded()
        return len(data)

    def drain(self):
        """What was written before this moment, within reason: a program left behind may write for ever."""
        for name in self.outputs:
            left = DRAIN
            while left > 0 and name in self.fds:
                size = self.read(name)
                if size == 0:
                    break
                left -= size

    def finish_outputs(self):
        self.drain()
        for output in self.outputs.values():
            output.finish()

    def flooded(self):
        """Too much output: the fault of programs that an earlier exchange left running, or of this one."""
        if self.channel and kill_writers(self.inodes, self.popen.pid, self.began, self.flood_bytes):
            self.written = 0
            emit(id=self.key, event="killed")
        elif self.channel and self.number is None:
            self.signal(signal.SIGKILL)
        elif not self.flooding:
            self.flooding = True
            emit(id=self.key, event="flood")

    def exchange(self, number, data):
        """Sends a message with a secret, with which alone a reply is one to this message."""
        self.number, self.nonce = number, secrets.token_hex(16).encode()
        self.received, self.junk, self.written, self.flooding = bytearray(), 0, 0, False
        self.began = int(time.clock_gettime(time.CLOCK_BOOTTIME) * TICKS)
        for output in self.outputs.values():
            output.reopen()
        self.write("channel", data + b"\0" + self.nonce + b"\0", False)

    def hear(self):
        try:
            data, ancillary, _, _ = self.channel.recvmsg(PIECE, socket.CMSG_SPACE(CREDENTIALS.size))
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close("channel")
            return
        self.junk += len(data)
        if self.nonce is not None and any(self.is_own(*part) for part in ancillary):
            self.received += data
            *pieces, self.received = self.received.split(b"\0")
            for piece in pieces:
                if piece.startswith(self.nonce + b" "):
                    self.reply(piece[len(self.nonce) + 1 :])
                    return
        if self.junk > MAX_JUNK or len(self.received) > MAX_REPLY + 64:
            self.junk = 0
            emit(id=self.key, event="broken")
            self.signal(signal.SIGKILL)

    def is_own(self, level, kind, data):
        if (level, kind) != (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
            return False
        return CREDENTIALS.unpack(data[: CREDENTIALS.size])[0] == self.popen.pid

    def reply(self, data):
        self.finish_outputs()
        number, self.number, self.nonce = self.number, None, None
        self.received, self.junk, self.written = bytearray(), 0, 0
        # From now on all that writes was left behind.
        self.began = 1 << 62
        emit(id=self.key, event="reply", number=number, data=base64.b64encode(data).decode())

    def write(self, name, data, end):
        if name not in self.fds:
            return
        waiting = self.pending.setdefault(name, bytearray())
        if not waiting:
            self.watch_writing(name, True)
        waiting += data
        if end:
            self.pending[name + ".end"] = True

    def watch_writing(self, name, on):
        fd = self.fds[name]
        if name == "channel":
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if on else 0)
            selector.modify(fd, events, (self.ready, name))
        elif on:
            selector.register(fd, selectors.EVENT_WRITE, (self.flush, name))
        else:
            selector.unregister(fd)

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
            self.watch_writing(name, False)
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
        if name == "channel":
            self.channel.close()
        else:
            os.close(fd)

    def signal(self, number):
        try:
            os.killpg(self.popen.pid, number)
        except ProcessLookupError:
            pass

    def ended(self, _):
        code = self.popen.wait()
        while "channel" in self.fds and self.nonce is not None and readable_now(self.fds["channel"]):
            self.hear()
        self.finish_outputs()
        selector.unregister(self.pidfd)
        os.close(self.pidfd)
        self.signal(signal.SIGKILL)
        for name in list(self.fds):
            self.close(name)
        del processes[self.key]
        emit(id=self.key, event="exit", code=code, number=self.number or 0)


def prepare(cpu_seconds):
    """In a new process, before it becomes the program."""
    # Killed before the supervisor when memory runs out; a process that is not dumpable may not say so.
    libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    if cpu_seconds:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))


def readable_now(fd):
    with selectors.SelectSelector() as one:
        one.register(fd, selectors.EVENT_READ)
        return bool(one.select(0))


def kill_writers(inodes, spared, began, flood_bytes):
    """Kills programs older than `began` (in ticks since boot) that hold one of the pipes and wrote much; how many."""
    killed = 0
    for pid in (int(name) for name in os.listdir("/proc") if name.isdigit()):
        if pid in (1, os.getpid(), spared):
            continue
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                started = int(file.read().rpartition(b") ")[2].split()[19])
            held = {os.stat(f"/proc/{pid}/fd/{fd}").st_ino for fd in (1, 2)}
            if started < began and held & inodes and bytes_written(pid) > flood_bytes // 8:
                os.kill(pid, signal.SIGKILL)
                killed += 1
        except OSError:
            continue
    return killed


def bytes_written(pid):
    with open(f"/proc/{pid}/io") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("wchar"))
