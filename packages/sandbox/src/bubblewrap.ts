/** Untrusted code behind bubblewrap: one process with its own namespaces, and the certainty that nothing is left when it ends. */

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { type Cgroup, createCgroup } from "./cgroup.js";
import { SandboxError } from "./errors.js";
import { findHost, type Host, spareUid } from "./host.js";
import type { SandboxLimits } from "./limits.js";
import { seccompFilter } from "./seccomp/filter.js";

export interface Bubblewrap {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the program inside has ended, or was killed, and no process of the sandbox is left. */
  readonly ended: Promise<void>;
  /** How often a process was killed because memory had run out; 0 where no cgroup watches it. */
  outOfMemoryKills(): Promise<number>;
  /** Kills everything inside and waits until it is gone. May be called again. */
  destroy(): Promise<void>;
}

/** Descriptors above stderr that bwrap reads: the filter, the account and host files. Its report goes to INFO. */
const [SECCOMP, INFO, PASSWD, GROUP, HOSTS] = [3, 4, 5, 6, 7];

const FILES: [number, string, string][] = [
  [PASSWD, "/etc/passwd", "sandbox:x:1000:1000::/work:/bin/bash\n"],
  [GROUP, "/etc/group", "sandbox:x:1000:\n"],
  [HOSTS, "/etc/hosts", "127.0.0.1 localhost sandbox\n::1 localhost\n"],
];

/**
 * Closes what this process inherited itself, joins the cgroups named before `--`, and becomes the command after it.
 * The kernel is told to kill it rather than anything else when memory runs out.
 */
const LAUNCHER = `
umask 022
for fd in /proc/self/fd/*; do
  fd=\${fd##*/}
  if [ "$fd" -gt ${HOSTS} ]; then eval "exec $fd>&-"; fi
done
echo 500 >/proc/self/oom_score_adj
while [ "$1" != -- ]; do echo $$ >"$1" || exit 1; shift; done
shift
exec "$@"`;

const ENVIRONMENT = {
  PATH: "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
  HOME: "/work",
  USER: "sandbox",
  LANG: "C.UTF-8",
  TERM: "dumb",
  TMPDIR: "/tmp",
};

/** The arguments of bwrap, up to the command. */
function bwrapArguments(host: Host, { scratchMiB, workMiB }: SandboxLimits, folders: readonly string[]): string[] {
  const tmpfs = (path: string, mebibytes: number) => ["--size", `${mebibytes * 2 ** 20}`, "--tmpfs", path];
  return [
    ...["--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session", "--clearenv"],
    ...["--cap-drop", "ALL", "--hostname", "sandbox", "--uid", "1000", "--gid", "1000"],
    ...host.programs,
    // Debian's commands are links through /etc/alternatives to /usr, its libraries are found by the cache
    ...["--ro-bind-try", "/etc/alternatives", "/etc/alternatives"],
    ...["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"],
    ...FILES.flatMap(([fd, path]) => ["--ro-bind-data", `${fd}`, path]),
    ...["--proc", "/proc", "--dev", "/dev"],
    ...[...tmpfs("/tmp", scratchMiB), ...tmpfs("/dev/shm", scratchMiB), ...tmpfs("/work", workMiB)],
    ...folders.flatMap((name) => ["--symlink", `/work/${name}`, `/${name}`]),
    // bwrap's own root and /dev are tmpfs without a size
    ...["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/work"],
    ...Object.entries(ENVIRONMENT).flatMap(([name, value]) => ["--setenv", name, value]),
    ...["--seccomp", `${SECCOMP}`, "--info-fd", `${INFO}`],
  ];
}

/** Set inside, where the number of processes is counted for this sandbox alone. */
function prlimitArguments(limits: SandboxLimits, shared: boolean): string[] {
  const { memoryMiB, fileMiB, processes, openFiles } = limits;
  // Where the cgroup bounds memory, address space may be generous: runtimes reserve far more than they touch.
  const addressSpace = memoryMiB * 2 ** 20 * (shared ? 16 : 1);
  const set = { nproc: processes, as: addressSpace, fsize: fileMiB * 2 ** 20, nofile: openFiles, core: 0, memlock: 0 };
  return [...Object.entries(set).map(([name, value]) => `--${name}=${value}:${value}`), "--"];
}

/**
 * Starts `command` behind the wall.
 *
 * @param command a program inside and its arguments
 * @param folders names in / that lead to folders of the same names in /work
 * @throws SandboxError `sandbox_unavailable` with the reason and the fix; it never runs anything unprotected
 */
export async function startBubblewrap(
  command: readonly string[],
  limits: SandboxLimits,
  folders: readonly string[] = [],
): Promise<Bubblewrap> {
  const host = await findHost();
  const filter = seccompFilter();
  const cgroup = await createCgroup({ memoryBytes: limits.memoryMiB * 2 ** 20, processes: limits.processes + 8 });
  const uid = host.setpriv === undefined ? undefined : spareUid();
  const drop = uid === undefined ? [] : [host.setpriv!, `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups", "--"];
  const inner = ["/usr/bin/prlimit", ...prlimitArguments(limits, cgroup !== undefined), ...command];
  const outer = [...drop, host.bwrap, ...bwrapArguments(host, limits, folders), "--", ...inner];
  const child = spawn(
    host.bash,
    ["--noprofile", "--norc", "-c", LAUNCHER, "bash", ...(cgroup?.procsFiles ?? []), "--", ...outer],
    {
      cwd: "/",
      env: { PATH: ENVIRONMENT.PATH, LC_ALL: "C" },
      stdio: ["pipe", "pipe", "pipe", "pipe", "pipe", "pipe", "pipe", "pipe"],
    },
  ) as ChildProcessByStdio<Writable, Readable, Readable>;
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const failed = new Promise<Error>((resolve) => child.once("error", resolve));
  const feed = (fd: number, data: string | Buffer) => {
    const pipe = child.stdio[fd] as Writable;
    pipe.on("error", () => {});
    pipe.end(data);
  };
  feed(SECCOMP, filter);
  for (const [fd, , content] of FILES) feed(fd, content);
  child.stdin.on("error", () => {});

  const info = await Promise.race([readAll(child.stdio[INFO] as Readable), failed]);
  const first = info instanceof Error ? undefined : /"child-pid": (\d+)/.exec(info)?.[1];
  if (first === undefined) {
    const message = info instanceof Error ? info.message : await readAll(child.stderr);
    child.kill("SIGKILL");
    await cgroup?.remove();
    throw new SandboxError("sandbox_unavailable", `No sandbox can be had: ${explain(message)}`);
  }
  return supervise(child, Number(first), await processStartTime(Number(first)), exited, cgroup);
}

async function readAll(stream: Readable): Promise<string> {
  let text = "";
  for await (const data of stream.setEncoding("utf8")) text += data;
  return text.trim();
}

function explain(message: string): string {
  if (/namespace|uid map|Operation not permitted|No permissions/i.test(message)) {
    return (
      `${message}; allow unprivileged user namespaces (sysctl user.max_user_namespaces, ` +
      "kernel.apparmor_restrict_unprivileged_userns=0, or the container's security options)"
    );
  }
  return `${message || "bwrap ended without a word"}; check that bubblewrap works here: bwrap --unshare-all --ro-bind / / true`;
}

function supervise(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  first: number,
  startTime: string | undefined,
  exited: Promise<void>,
  cgroup: Cgroup | undefined,
): Bubblewrap {
  let kills = 0;
  const ended = (async () => {
    await exited;
    await waitForExit(first, startTime);
    if (cgroup !== undefined) {
      kills = await cgroup.outOfMemoryKills();
      await cgroup.remove();
    }
  })();
  let over = false;
  void ended.finally(() => {
    over = true;
  });
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    outOfMemoryKills: async () => (over ? kills : ((await cgroup?.outOfMemoryKills()) ?? 0)),
    destroy() {
      child.kill("SIGKILL");
      child.stdin.destroy();
      child.stdout.destroy();
      child.stderr.destroy();
      return ended;
    },
  };
}

/** When a process started, in clock ticks since boot; undefined once it is gone. A pid alone may be another's by now. */
async function processStartTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  const [state, ...fields] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  return state === "Z" || state === "X" ? undefined : fields[18];
}

/** The first process of the namespace goes last: when it has, the kernel has killed all the others. */
async function waitForExit(pid: number, startTime: string | undefined): Promise<void> {
  for (
    let waited = 1;
    startTime !== undefined && (await processStartTime(pid)) === startTime;
    waited = Math.min(2 * waited, 50)
  ) {
    await delay(waited);
  }
}
