import { type Attempt, harmful, varies } from "./attempt.js";

/** One system call that must fail; as arguments of the script's `call`. */
const call = (name: string, args: string, control: Attempt["control"]): Attempt => ({
  name: `the call ${name}`,
  python: `attempt(lambda: call("${name}"${args === "" ? "" : `, ${args}`}))`,
  control,
});

/** Calls that fork: the child leaves at once. */
const cloning = (what: string, flags: number): Attempt => ({
  name: `clone with ${what}`,
  python: `
def go():
    pid = libc.syscall(ctypes.c_long(NR["clone"]), ctypes.c_long(${flags} | 17), None, None, None, None)
    if pid == 0: os._exit(0)
    if pid < 0: raise OSError(ctypes.get_errno(), "clone")
    os.waitpid(pid, 0)
    return pid
attempt(go)`,
  control: what === "CLONE_NEWUSER" ? "anyone" : "root",
});

/** Machine code for x86-64 that calls the kernel as a 32-bit program would: getpid by int 0x80. */
const FOREIGN = `
import mmap
code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(bytes.fromhex("b814000000cd80c3"))
function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
say(function() > 0, "the kernel answered")`;

const onlyX64: Attempt[] = [
  { name: "a 32-bit system call", python: FOREIGN, control: varies, killed: true },
  {
    name: "an x32 system call",
    python: 'say(libc.syscall(ctypes.c_long(0x40000000 + 39)) > 0, "the kernel answered")',
    control: varies,
    killed: true,
  },
  call("iopl", "3", harmful),
  call("modify_ldt", "0, bytes(64), 64", varies),
];

export const kernel: Attempt[] = [
  call("ptrace", "0, 0, 0, 0", "anyone"),
  {
    name: "reading another process's memory",
    python: `
text = ctypes.create_string_buffer(b"secret")
out = ctypes.create_string_buffer(6)
local = struct.pack("PN", ctypes.addressof(out), 6)
remote = struct.pack("PN", ctypes.addressof(text), 6)
attempt(lambda: call("process_vm_readv", os.getpid(), local, 1, remote, 1, 0))`,
    control: "anyone",
  },
  {
    name: "writing another process's memory",
    python: `
text = ctypes.create_string_buffer(b"secret")
pair = struct.pack("PN", ctypes.addressof(text), 6)
attempt(lambda: call("process_vm_writev", os.getpid(), pair, 1, pair, 1, 0))`,
    control: "anyone",
  },
  call("kcmp", "os.getpid(), os.getpid(), 0, 1, 1", varies),
  {
    name: "taking another process's descriptor",
    python: "attempt(lambda: call('pidfd_getfd', os.pidfd_open(os.getpid()), 1, 0))",
    control: "anyone",
  },
  cloning("CLONE_NEWUSER", 0x10000000),
  cloning("CLONE_NEWNS", 0x00020000),
  cloning("CLONE_NEWNET", 0x40000000),
  cloning("CLONE_NEWPID", 0x20000000),
  cloning("CLONE_NEWUTS", 0x04000000),
  call("clone3", "struct.pack('QQQQQQQQ', 0x10000000, 0, 0, 0, 0, 0, 0, 0), 64", {
    not: "the child would return here twice",
  }),
  call("unshare", "0x10000000", "anyone"),
  { name: "unshare by command", bash: "unshare -Ur true && echo ESCAPED || echo BLOCKED", control: "anyone" },
  {
    name: "bubblewrap in the sandbox",
    bash: "bwrap --unshare-user --ro-bind / / true && echo ESCAPED || echo BLOCKED",
    control: "anyone",
  },
  {
    name: "setns to pid 1",
    python: "attempt(lambda: call('setns', os.open('/proc/1/ns/mnt', os.O_RDONLY), 0))",
    control: harmful,
  },
  call("mount", 'b"none", b"/tmp", b"tmpfs", 0, 0', harmful),
  {
    name: "remounting /usr writable",
    python: `attempt(lambda: call("mount", b"none", b"/usr", 0, 0x1020, 0))`,
    control: harmful,
  },
  call("umount2", 'b"/proc", 2', harmful),
  call("pivot_root", 'b"/tmp", b"/tmp"', harmful),
  call("chroot", 'b"/tmp"', "root"),
  call("fsopen", 'b"tmpfs", 0', "root"),
  call("open_tree", '-100, b"/", 1', "root"),
  call("move_mount", '-100, b"/tmp", -100, b"/usr", 0', harmful),
  call("keyctl", "0, -2, 1", "anyone"),
  call("add_key", 'b"user", b"cachalot", b"x", 1, -2', "anyone"),
  call("request_key", 'b"user", b"nothing", 0, 0', harmful),
  call("io_uring_setup", "1, bytes(120)", varies),
  call("userfaultfd", "1", varies),
  call("bpf", "0, struct.pack('IIII', 2, 4, 4, 1) + bytes(112), 128", "root"),
  call("perf_event_open", "struct.pack('IIQ', 1, 112, 0) + bytes(96), 0, -1, -1, 0", varies),
  call("kexec_load", "0, 0, 0, 0", harmful),
  call("init_module", "0, 0, 0", harmful),
  call("finit_module", "0, 0, 0", harmful),
  call("delete_module", 'b"nothing", 0', harmful),
  call("reboot", "0xfee1dead, 672274793, 0", harmful),
  call("swapon", 'b"/tmp/swap", 0', harmful),
  call("acct", "0", harmful),
  call("syslog", "10, 0, 0", "root"),
  call("quotactl", "0x80000100, 0, 0, 0", varies),
  call("fanotify_init", "0, 0", "root"),
  call("sethostname", 'b"mine", 4', harmful),
  call("clock_settime", "0, struct.pack('QQ', 0, 0)", harmful),
  call("settimeofday", "struct.pack('QQ', 0, 0), 0", harmful),
  call("adjtimex", "struct.pack('I', 1) + bytes(256)", harmful),
  call("personality", "0x0040000", "anyone"),
  call("memfd_create", 'b"hidden", 0', "anyone"),
  call("shmget", "0, 4096, 0o1600", { not: "it would leave a segment behind" }),
  call("vmsplice", "os.pipe()[1], struct.pack('PN', 0, 0), 0, 0", varies),
  call("move_pages", "0, 0, 0, 0, 0, 0", varies),
  {
    name: "typing into a terminal (TIOCSTI)",
    python: `
import fcntl, pty, termios
master, slave = pty.openpty()
attempt(lambda: fcntl.ioctl(slave, termios.TIOCSTI, b"x"))`,
    control: "root",
  },
  {
    name: "a call newer than this list",
    python: `
libc.syscall(ctypes.c_long(999))
say(ctypes.get_errno() != errno.ENOSYS, "no such call")`,
    control: { not: "there is none" },
  },
  ...(process.arch === "x64" ? onlyX64 : []),
];
