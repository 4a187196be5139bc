import { type Attempt, harmful, varies } from "./attempt.js";

const reading = (name: string, path: string, control: Attempt["control"] = "anyone"): Attempt => ({
  name: `reading ${name}`,
  python: `attempt(lambda: read("${path}"))`,
  control,
});

const writing = (path: string): Attempt => ({
  name: `writing to ${path}`,
  python: `
def go():
    fd = os.open("${path}", os.O_WRONLY)
    return os.write(fd, b"0")
attempt(go)`,
  control: harmful,
});

export const files: Attempt[] = [
  {
    name: "the accounts of this machine",
    bash: 'grep -q "^root:" /etc/passwd && echo ESCAPED || echo BLOCKED',
    control: "anyone",
  },
  reading("/etc/shadow", "/etc/shadow", "root"),
  { name: "listing /root", python: 'attempt(lambda: os.listdir("/root"))', control: "root" },
  { name: "listing /home", python: 'attempt(lambda: os.listdir("/home"))', control: "anyone" },
  { name: "listing /var", python: 'attempt(lambda: os.listdir("/var"))', control: "anyone" },
  { name: "listing /sys", python: 'attempt(lambda: os.listdir("/sys/kernel"))', control: "anyone" },
  reading("a file of this machine", "$SECRET_FILE"),
  reading("it by /proc/self/root", "/proc/self/root$SECRET_FILE"),
  reading("it by /proc/1/root", "/proc/1/root$SECRET_FILE", varies),
  reading("it by the root of a process of this machine", "/proc/$HOST_PID/root$SECRET_FILE"),
  reading("it by /proc/1/cwd", "/proc/1/cwd$SECRET_FILE", varies),
  reading("it by dots", "../../../../../../..$SECRET_FILE"),
  {
    name: "reading it through a link",
    bash: 'd=$(mktemp -d); ln -s "$SECRET_FILE" $d/link; grep -q secret $d/link && echo ESCAPED || echo BLOCKED; rm -r $d',
    control: "anyone",
  },
  {
    name: "reading it through a hard link",
    python: `
import tempfile
def go():
    with tempfile.TemporaryDirectory() as folder:
        os.link("$SECRET_FILE", folder + "/link")
        return read(folder + "/link")
attempt(go)`,
    control: "anyone",
  },
  {
    name: "changing /usr",
    python: 'attempt(lambda: os.open("/usr/cachalot-was-here", os.O_CREAT | os.O_WRONLY))',
    control: harmful,
  },
  {
    name: "a file in /",
    python: 'attempt(lambda: os.open("/cachalot-was-here", os.O_CREAT | os.O_WRONLY))',
    control: harmful,
  },
  {
    name: "a file in /dev",
    python: 'attempt(lambda: os.open("/dev/cachalot-was-here", os.O_CREAT | os.O_WRONLY))',
    control: harmful,
  },
  {
    name: "a file in /etc",
    python: 'attempt(lambda: os.open("/etc/cachalot-was-here", os.O_CREAT | os.O_WRONLY))',
    control: harmful,
  },
  {
    name: "other rights for /usr/bin/su",
    python: 'attempt(lambda: os.chmod("/usr/bin/su", 0o4777))',
    control: harmful,
  },
  {
    name: "a block device's node",
    python: `
import stat, tempfile
def go():
    with tempfile.TemporaryDirectory() as folder:
        os.mknod(folder + "/disk", 0o600 | stat.S_IFBLK, os.makedev(254, 0))
        return "made"
attempt(go)`,
    control: "root",
  },
  {
    name: "a character device's node",
    python: `
import stat, tempfile
def go():
    with tempfile.TemporaryDirectory() as folder:
        os.mknod(folder + "/null", 0o600 | stat.S_IFCHR, os.makedev(1, 3))
        return "made"
attempt(go)`,
    control: "root",
  },
  writing("/dev/mem"),
  writing("/dev/kmsg"),
  writing("/dev/vda"),
  writing("/dev/sda"),
  writing("/proc/sysrq-trigger"),
  writing("/proc/sys/kernel/core_pattern"),
  writing("/proc/sys/vm/overcommit_memory"),
  writing("/proc/sys/user/max_user_namespaces"),
  writing("/sys/fs/cgroup/cgroup.procs"),
  reading("kernel memory by /proc/kcore", "/proc/kcore", varies),
  {
    name: "open by file handle",
    python:
      'attempt(lambda: call("name_to_handle_at", -100, b"/", struct.pack("Ii", 128, 0) + bytes(128), bytes(8), 0))',
    control: "anyone",
  },
];
