import { SandboxError } from "./errors.js";

/** What a sandbox may use. */
export interface SandboxLimits {
  /**
   * Memory in MiB: of all programs and files together where a memory cgroup can be made, else of each process. Default 1024.
   */
  memoryMiB: number;
  /** Processes and threads at once. Default 64. */
  processes: number;
  /** Size of /work in MiB. Default 64. */
  workMiB: number;
  /** Size of /tmp, and of /dev/shm, in MiB. Default 32. */
  scratchMiB: number;
  /** Size of one file in MiB. Default 64. */
  fileMiB: number;
  /** Open files of a process. Default 256. */
  openFiles: number;
  /** Time a command may take in milliseconds, unless it says otherwise. Default 30,000. */
  timeoutMs: number;
  /** Processor time of one process in seconds. Default 600. */
  cpuSeconds: number;
  /** Output kept of a command, in bytes of stdout and as many of stderr; the middle of more is dropped. Default 65,536. */
  outputBytes: number;
  /** A command that writes more than this is killed. In bytes; default 64 MiB. */
  outputKillBytes: number;
}

const DEFAULTS: SandboxLimits = {
  memoryMiB: 1024,
  processes: 64,
  workMiB: 64,
  scratchMiB: 32,
  fileMiB: 64,
  openFiles: 256,
  timeoutMs: 30_000,
  cpuSeconds: 600,
  outputBytes: 65_536,
  outputKillBytes: 64 * 2 ** 20,
};

/** @throws SandboxError `invalid_limit` for a limit that is not a whole number above zero */
export function sandboxLimits(limits: Partial<SandboxLimits> = {}): SandboxLimits {
  const all = { ...DEFAULTS, ...limits };
  for (const [name, value] of Object.entries(all)) {
    if (!(name in DEFAULTS)) {
      throw new SandboxError(
        "invalid_limit",
        `There is no limit ${name}; there are ${Object.keys(DEFAULTS).join(", ")}`,
      );
    }
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw new SandboxError("invalid_limit", `${name} is ${value}; give a whole number above zero`);
    }
  }
  return all;
}
