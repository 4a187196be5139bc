"""Snapshots of /work: what lies there with the hashes of its content, the content by chunks, and all of it put back."""

import base64
import errno
import hashlib
import json
import os
import stat

WORK = "/work"
CHUNK_BYTES = 256 * 1024
MAX_DEPTH = 64
MAX_SKIPPED = 20
# Characters of all paths and link targets together: a snapshot is one message.
MAX_NAMES = 3 << 20

# By path: what a file looked like when it was read, and what was read. An unchanged file is not read again.
seen = {}


class Scan:
    def __init__(self, max_bytes, max_entries):
        self.max_bytes, self.max_entries = max_bytes, max_entries
        self.entries, self.skipped, self.bytes, self.names = [], [], 0, 0
        self.seen = {}

    def add(self, path, **entry):
        if len(self.entries) >= self.max_entries:
            raise Refused(f"/work has more than {self.max_entries} files and directories; remove some")
        self.names += len(path) + len(entry.get("target", ""))
        if self.names > MAX_NAMES:
            raise Refused("the paths in /work are too long to be kept; use shorter ones")
        self.entries.append([path, entry])

    def skip(self, path, reason):
        if len(self.skipped) < MAX_SKIPPED:
            self.skipped.append({"path": path, "reason": reason})

    def walk(self, directory, prefix, depth):
        if depth > MAX_DEPTH:
            raise Refused(f"/work/{prefix} is more than {MAX_DEPTH} directories deep; remove it")
        for name in names_in(directory):
            try:
                self.visit(directory, name, prefix + name, depth)
            except OSError as error:
                # It has gone, or become something else, meanwhile.
                if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                    raise

    def visit(self, directory, name, path, depth):
        info = os.stat(name, dir_fd=directory, follow_symlinks=False)
        mode = stat.S_IMODE(info.st_mode)
        if stat.S_ISLNK(info.st_mode):
            self.add(path, type="link", target=os.readlink(name, dir_fd=directory))
        elif stat.S_ISDIR(info.st_mode):
            if mode & 0o500 != 0o500:
                self.skip(path, "is a directory whose mode forbids to read it")
                return
            self.add(path, type="directory", mode=mode)
            fd = os.open(name, STEP, dir_fd=directory)
            try:
                self.walk(fd, path + "/", depth + 1)
            finally:
                os.close(fd)
        elif stat.S_ISREG(info.st_mode):
            self.file(directory, name, path, info, mode)
        else:
            self.skip(path, "is no file, directory or link")

    def file(self, directory, name, path, info, mode):
        known = seen.get(path)
        signature = (info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns)
        if known is None or known[0] != signature:
            fd = open_readable(directory, name, mode)
            try:
                info = os.fstat(fd)
                chunks, size = hashes(fd, info.st_size, self.max_bytes - self.bytes)
            finally:
                os.close(fd)
            known = ((info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns), chunks, size)
        self.seen[path] = known
        self.bytes += known[2]
        if self.bytes > self.max_bytes:
            raise Refused(f"/work has more than {self.max_bytes} bytes; remove something")
        self.add(path, type="file", mode=mode, mtimeUs=info.st_mtime_ns // 1000, size=info.st_size, chunks=known[1])


def open_readable(directory, name, mode):
    """Opens a file that its own mode may forbid to read; its owner may change that for a moment."""
    try:
        return os.open(name, os.O_RDONLY | QUIET, dir_fd=directory)
    except PermissionError:
        os.chmod(name, mode | stat.S_IRUSR, dir_fd=directory)
        try:
            return os.open(name, os.O_RDONLY | QUIET, dir_fd=directory)
        finally:
            os.chmod(name, mode, dir_fd=directory)


def hashes(fd, size, most):
    """[index, hash] of every chunk that is not all zeros, holes skipped, and how many bytes these have."""
    found, total, offset = [], 0, 0
    while offset < size and total <= most:
        try:
            offset = os.lseek(fd, offset, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:
                break
            raise
        index = offset // CHUNK_BYTES
        block = os.pread(fd, CHUNK_BYTES, index * CHUNK_BYTES)
        if block.count(0) != len(block):
            found.append([index, hashlib.sha256(block).hexdigest()])
            total += len(block)
        offset = (index + 1) * CHUNK_BYTES
    return found, total


def scan(maxBytes, maxEntries, unless=None):
    global seen
    result = Scan(maxBytes, maxEntries)
    top = open_directory(WORK, [])
    try:
        result.walk(top, "", 0)
    finally:
        os.close(top)
    seen = result.seen
    digest = hashlib.sha256(json.dumps(result.entries).encode()).hexdigest()
    if digest == unless:
        return {"digest": digest}
    return {"digest": digest, "snapshot": result.entries, "skipped": result.skipped}


class Inside:
    """`with Inside(path) as (fd, name)`: the directory of a path below /work that follows no link."""

    def __init__(self, path):
        names = path.split("/")
        if any(name in ("", ".", "..") for name in names):
            raise Refused(f"{path} is no plain path; name what is in /work")
        self.name = names[-1]
        self.fd = open_directory(WORK, names[:-1])

    def __enter__(self):
        return self.fd, self.name

    def __exit__(self, *_):
        os.close(self.fd)


def chunks(parts):
    data = []
    for path, index in parts:
        with Inside(path) as (directory, name):
            mode = stat.S_IMODE(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode)
            fd = open_readable(directory, name, mode)
            regular(fd, path)
            try:
                data.append(base64.b64encode(os.pread(fd, CHUNK_BYTES, index * CHUNK_BYTES)).decode())
            finally:
                os.close(fd)
    return {"chunks": data}


def make(entries):
    """Directories, links and files of their size, without content; what is in the way is replaced."""
    for path, entry in entries:
        with Inside(path) as (directory, name):
            kind = entry["type"]
            if kind == "directory":
                try:
                    os.mkdir(name, 0o700, dir_fd=directory)
                except FileExistsError:
                    os.close(os.open(name, STEP, dir_fd=directory))
                continue
            try:
                os.unlink(name, dir_fd=directory)
            except FileNotFoundError:
                pass
            if kind == "link":
                os.symlink(entry["target"], name, dir_fd=directory)
                continue
            fd = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | QUIET, 0o600, dir_fd=directory)
            try:
                os.ftruncate(fd, entry["size"])
            finally:
                os.close(fd)
    return {}


def fill(parts):
    for path, index, data in parts:
        with Inside(path) as (directory, name):
            fd = os.open(name, os.O_WRONLY | QUIET, dir_fd=directory)
            regular(fd, path)
            try:
                write_all(fd, base64.b64decode(data), index * CHUNK_BYTES)
            finally:
                os.close(fd)
    return {}


def finish(entries):
    """Modes and times, what lies deepest first: a directory's mode may forbid all else."""
    for path, entry in entries:
        with Inside(path) as (directory, name):
            if entry["type"] == "link":
                continue
            if entry["type"] == "file":
                time = entry["mtimeUs"] * 1000
                os.utime(name, ns=(time, time), dir_fd=directory, follow_symlinks=False)
            os.chmod(name, entry["mode"], dir_fd=directory)
    return {}
