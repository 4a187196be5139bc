"""Files of /work and /tmp, opened so that no link, not even one made meanwhile, leads anywhere else."""

import base64
import errno
import os
import secrets
import stat

ROOTS = ("/work", "/tmp")
STEP = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
QUIET = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Refused(Exception):
    """A request that cannot be served; the text is for the model."""


def resolve(path):
    """The root and the names below it that a path means now, all its links followed."""
    real = os.path.realpath(os.path.join("/work", path))
    for root in ROOTS:
        if real == root:
            return root, []
        if real.startswith(root + "/"):
            return root, real[len(root) + 1 :].split("/")
    raise Refused(f"{path} is outside of /work and /tmp; use a path inside of them")


def open_directory(root, names, create=False):
    """Step by step, following no link: what `resolve` found may have been exchanged since."""
    fd = os.open(root, STEP)
    try:
        for name in names:
            if create:
                try:
                    os.mkdir(name, dir_fd=fd)
                except FileExistsError:
                    pass
            step = os.open(name, STEP, dir_fd=fd)
            os.close(fd)
            fd = step
        return fd
    except BaseException:
        os.close(fd)
        raise


class Parent:
    """`with Parent(path) as (fd, name)`: the directory a path lies in, and its name there ("." for a root itself)."""

    def __init__(self, path, create=False):
        root, names = resolve(path)
        self.name = names[-1] if names else "."
        self.fd = open_directory(root, names[:-1], create)

    def __enter__(self):
        return self.fd, self.name

    def __exit__(self, *_):
        os.close(self.fd)


def regular(fd, path):
    """The state of an open regular file; anything else is closed and refused."""
    info = os.fstat(fd)
    if not stat.S_ISREG(info.st_mode):
        os.close(fd)
        kind = "a directory; name a file in it" if stat.S_ISDIR(info.st_mode) else "no regular file; name a regular file"
        raise Refused(f"{path} is {kind}")
    return info


def write_all(fd, data, offset=0):
    view = memoryview(data)
    while view:
        written = os.pwrite(fd, view, offset)
        view, offset = view[written:], offset + written


def put(path, data):
    """The old file stays whole until the new one is: on a full disk nothing changes."""
    data = base64.b64decode(data)
    with Parent(path, create=True) as (directory, name):
        mode = 0o644
        try:
            old = os.open(name, os.O_WRONLY | QUIET, dir_fd=directory)
        except FileNotFoundError:
            old = None
        if old is not None:
            info = regular(old, path)
            mode = stat.S_IMODE(info.st_mode)
            with os.fdopen(old, "wb", buffering=0):
                if info.st_nlink > 1 or not os.access(".", os.W_OK, dir_fd=directory):
                    overwrite(old, info.st_size, data)
                    return {}
        replace(directory, name, mode, data)
    return {}


def replace(directory, name, mode, data):
    partial = f".cachalot-{secrets.token_hex(8)}"
    fd = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | QUIET, 0o600, dir_fd=directory)
    try:
        with os.fdopen(fd, "wb", buffering=0):
            write_all(fd, data)
            os.fchmod(fd, mode)
        os.rename(partial, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        os.unlink(partial, dir_fd=directory)
        raise


def overwrite(fd, size, data):
    """A file of more names than one, or in a directory that is not writable: room is taken before a byte is changed."""
    try:
        if data:
            os.posix_fallocate(fd, 0, len(data))
    except OSError:
        os.ftruncate(fd, size)
        raise
    write_all(fd, data)
    os.ftruncate(fd, len(data))


def get(path, limit):
    with Parent(path) as (directory, name):
        fd = os.open(name, os.O_RDONLY | QUIET, dir_fd=directory)
        size = regular(fd, path).st_size
        with os.fdopen(fd, "rb") as file:
            if size > limit:
                raise Refused(f"{path} has {size} bytes, more than {limit}; read a part of it with a command")
            return {"data": base64.b64encode(file.read(limit)).decode()}


def stat_path(path):
    with Parent(path) as (directory, name):
        info = os.stat(name, dir_fd=directory, follow_symlinks=False)
    return {"directory": stat.S_ISDIR(info.st_mode), "size": info.st_size}


def names_in(directory):
    """The names in an open directory, in order. Opened again, as one opened to be passed through cannot be read."""
    fd = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=directory)
    try:
        return sorted(os.listdir(fd))
    finally:
        os.close(fd)


def list_directory(path, depth, limit):
    entries = []

    def walk(directory, prefix, left):
        for name in names_in(directory):
            if len(entries) >= limit:
                return
            try:
                is_directory = stat.S_ISDIR(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode)
            except FileNotFoundError:
                continue
            entries.append(prefix + name + ("/" if is_directory else ""))
            if is_directory and left > 1 and not name.startswith("."):
                try:
                    below = os.open(name, STEP, dir_fd=directory)
                except OSError as error:
                    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                        continue
                    raise
                try:
                    walk(below, prefix + name + "/", left - 1)
                except PermissionError:
                    pass
                finally:
                    os.close(below)

    root, names = resolve(path)
    top = open_directory(root, names)
    try:
        walk(top, "", depth)
    finally:
        os.close(top)
    return {"entries": entries}
