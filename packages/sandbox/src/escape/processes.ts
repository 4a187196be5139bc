import { type Attempt, harmful } from "./attempt.js";

export const processes: Attempt[] = [
  {
    name: "secrets in the environment",
    python: 'say("CACHALOT_CANARY" in os.environ, sorted(os.environ))',
    control: "anyone",
  },
  {
    name: "secrets in any process's environment",
    python: `
found = []
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        if b"CACHALOT_CANARY" in read(f"/proc/{pid}/environ") + b"": found.append(pid)
    except OSError: pass
say(found, found)`,
    control: "anyone",
  },
  {
    name: "seeing the processes of this machine",
    python: `
found = []
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        if os.path.basename(os.readlink(f"/proc/{pid}/exe")) == "node": found.append(pid)
    except OSError: pass
say(found, found)`,
    control: "anyone",
  },
  {
    name: "a signal to a process of this machine",
    python: "attempt(lambda: os.kill($HOST_PID, 0))",
    control: "anyone",
  },
  {
    name: "a signal to every process",
    python: `
if os.fork() == 0:
    os.setsid()
    os.kill(-1, signal.SIGCONT)
    os._exit(0)
os.wait()
say(os.path.exists("/proc/$HOST_PID"), "only those in sight")`,
    control: harmful,
  },
  {
    name: "descriptors of the process that started it",
    python: `
extra = []
for fd in os.listdir("/proc/self/fd"):
    try: target = os.readlink(f"/proc/self/fd/{fd}")
    except OSError: continue
    if int(fd) > 2 and "/proc/" not in target: extra.append(target)
say(extra, extra)`,
    control: { not: "Node closes most itself; an inherited one is tested below" },
  },
  {
    name: "the supervisor's memory",
    python: "attempt(lambda: open(f'/proc/{os.getppid()}/mem', 'r+b'))",
    control: "anyone",
  },
  {
    name: "the supervisor's descriptors",
    python: "attempt(lambda: os.listdir(f'/proc/{os.getppid()}/fd'))",
    control: "anyone",
  },
  { name: "being root", python: "attempt(lambda: os.setuid(0))", control: "root" },
  { name: "other groups", python: "attempt(lambda: os.setgroups([0]))", control: "root" },
  {
    name: "a program with the setuid bit",
    bash: 'test "$(/usr/bin/su root -c "id -u" </dev/null 2>&1)" = 0 && echo ESCAPED || echo BLOCKED',
    control: "root",
  },
  {
    name: "any capability",
    python: `
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status"))
held = [name for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb") if int(status[name], 16)]
say(held, held)`,
    control: "anyone",
  },
  {
    name: "a higher process limit",
    python: `
import resource
attempt(lambda: resource.setrlimit(resource.RLIMIT_NPROC, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)))`,
    control: { not: "limits may be as high outside, or fixed" },
  },
  {
    name: "more open files",
    python: `
import resource
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
attempt(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (hard + 1, hard + 1)))`,
    control: { not: "root may or may not" },
  },
  {
    name: "other limits for the supervisor",
    python: `
import resource
attempt(lambda: resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (8, 8)))`,
    control: harmful,
  },
  { name: "a higher priority", python: "attempt(lambda: os.setpriority(os.PRIO_PROCESS, 0, -10))", control: "root" },
  {
    name: "real-time scheduling",
    python: "attempt(lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))",
    control: harmful,
  },
  {
    name: "being spared when memory runs out",
    python: "attempt(lambda: open('/proc/self/oom_score_adj', 'w', buffering=1).write('-1000\\n'))",
    control: { not: "root may or may not" },
  },
  {
    name: "a controlling terminal",
    python: "attempt(lambda: os.open('/dev/tty', os.O_RDWR))",
    control: { not: "tests run without one" },
  },
];
