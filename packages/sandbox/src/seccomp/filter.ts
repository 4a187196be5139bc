/**
 * What the kernel refuses a sandboxed program: a deny list on top of the namespaces, for what they leave open and for
 * parts of the kernel with a history of holes.
 */

import { SandboxError } from "../errors.js";
import {
  ALLOW,
  ARCH,
  argument,
  assemble,
  fail,
  give,
  IF_ANY_BIT,
  IF_EQUAL,
  IF_GREATER,
  type Instruction,
  KILL_PROCESS,
  load,
  mask,
  NR,
  unless,
  when,
} from "./bpf.js";
import { NEWEST, type Syscall, syscalls } from "./syscalls.js";

export type Architecture = "x64" | "arm64";

const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

/** AUDIT_ARCH_*: the word size and byte order a call was made with. */
const AUDIT_ARCH: Record<Architecture, number> = { x64: 0xc000003e, arm64: 0xc00000b7 };

/** x32 calls on x86_64 carry this bit, and would pass a filter of plain numbers. */
const X32_BIT = 0x40000000;

const REFUSED = [
  // other processes' memory and descriptors
  ...(["ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd"] as const),
  // large, rarely needed parts of the kernel
  ...(["keyctl", "add_key", "request_key", "bpf", "perf_event_open", "userfaultfd"] as const),
  // another kernel or more of this one
  ...(["kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module"] as const),
  ...(["create_module", "query_module", "get_kernel_syms", "reboot"] as const),
  // another view of the file system
  ...([
    "mount",
    "umount2",
    "pivot_root",
    "chroot",
    "move_mount",
    "open_tree",
    "fsopen",
    "fsconfig",
    "fsmount",
  ] as const),
  ...(["fspick", "mount_setattr", "statmount", "listmount", "name_to_handle_at", "open_by_handle_at"] as const),
  ...(["quotactl", "quotactl_fd", "swapon", "swapoff", "fanotify_init", "fanotify_mark", "uselib", "ustat"] as const),
  ...(["sysfs", "nfsservctl"] as const),
  // more namespaces
  ...(["unshare", "setns"] as const),
  // the machine's name, clock, log and hardware
  ...(["sethostname", "setdomainname", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex"] as const),
  ...(["acct", "syslog", "lookup_dcookie", "vhangup", "iopl", "ioperm", "modify_ldt", "_sysctl"] as const),
  // where pages lie, and pages moved between processes
  ...(["mbind", "set_mempolicy", "set_mempolicy_home_node", "get_mempolicy", "migrate_pages", "move_pages"] as const),
  ...(["vmsplice"] as const),
] satisfies Syscall[];

/** These look as if the kernel had none, so that libraries take their other path. */
const ABSENT = [
  // its flags lie in memory, where no filter can see a request for namespaces
  "clone3",
  ...(["io_uring_setup", "io_uring_enter", "io_uring_register"] as const),
  // memory that belongs to no process and so counts against no process's limit
  ...(["memfd_create", "memfd_secret", "shmget", "shmat", "shmctl", "shmdt"] as const),
] satisfies Syscall[];

/** CLONE_NEW{TIME,NS,CGROUP,UTS,IPC,USER,PID,NET}. */
const NAMESPACE_FLAGS = 0x00000080 | 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000;
const NEW_NETWORK = 0x40000000;

/** TIOCSTI types into a terminal, TIOCLINUX pastes into one, TIOCSETD loads a line discipline. */
const TERMINAL_REQUESTS = [0x5412, 0x541c, 0x5423];

/** Unix, IPv4 and IPv6 stay inside the network namespace. Others, vsock first of all, may not. */
const SOCKET_FAMILIES = [1, 2, 10];

const [S_IFMT, S_IFCHR, S_IFBLK] = [0o170000, 0o020000, 0o060000];

/** A filter for `bwrap --seccomp`, as instructions. */
export function seccompProgram(architecture: Architecture): Instruction[] {
  const number = (name: Syscall): number | undefined => syscalls[name][architecture === "x64" ? 0 : 1];
  const on = (name: Syscall, then: readonly Instruction[]): Instruction[] => {
    const nr = number(name);
    return nr === undefined ? [] : when(IF_EQUAL, nr, then);
  };
  const deviceNode = (modeArgument: number): Instruction[] => [
    load(argument(modeArgument)),
    mask(S_IFMT),
    ...when(IF_EQUAL, S_IFCHR, [give(fail(EPERM))]),
    ...when(IF_EQUAL, S_IFBLK, [give(fail(EPERM))]),
    give(ALLOW),
  ];
  const families = [load(argument(0)), ...unless(SOCKET_FAMILIES, [give(fail(EAFNOSUPPORT))]), give(ALLOW)];
  return [
    load(ARCH),
    ...unless([AUDIT_ARCH[architecture]], [give(KILL_PROCESS)]),
    load(NR),
    ...when(IF_GREATER, X32_BIT - 1, [give(KILL_PROCESS)]),
    ...when(IF_GREATER, NEWEST, [give(fail(ENOSYS))]),
    ...REFUSED.flatMap((name) => on(name, [give(fail(EPERM))])),
    ...ABSENT.flatMap((name) => on(name, [give(fail(ENOSYS))])),
    ...on("clone", [
      load(argument(0)),
      ...when(IF_ANY_BIT, NAMESPACE_FLAGS | NEW_NETWORK, [give(fail(EPERM))]),
      give(ALLOW),
    ]),
    ...on("ioctl", [
      load(argument(1)),
      ...TERMINAL_REQUESTS.flatMap((request) => when(IF_EQUAL, request, [give(fail(EPERM))])),
      give(ALLOW),
    ]),
    ...on("personality", [load(argument(0)), ...unless([0, 0xffffffff], [give(fail(EPERM))]), give(ALLOW)]),
    // another process's limits, first of all the supervisor's, who would then fail at everything
    ...on("prlimit64", [load(argument(0)), ...unless([0], [give(fail(EPERM))]), give(ALLOW)]),
    ...on("socket", families),
    ...on("socketpair", families),
    ...on("mknod", deviceNode(1)),
    ...on("mknodat", deviceNode(2)),
    give(ALLOW),
  ];
}

/**
 * The filter's bytes for a machine.
 *
 * @param machine as `process.arch` names it
 * @throws SandboxError `sandbox_unavailable` for an architecture whose call numbers are not known here
 */
export function seccompFilter(machine: string = process.arch): Buffer {
  if (machine !== "x64" && machine !== "arm64") {
    throw new SandboxError("sandbox_unavailable", `No system call filter for ${machine}; run on x86_64 or aarch64`);
  }
  return assemble(seccompProgram(machine));
}
