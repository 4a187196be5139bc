/** Attempts to get out of the sandbox, as scripts that say themselves whether they did. */

import { syscalls } from "../seccomp/syscalls.js";

/**
 * A script prints ESCAPED with what it got, or BLOCKED with why not; printing neither is a failure of the attempt.
 * `$NAME` is replaced by what the test prepared on the host: listeners, files, ids.
 */
export interface Attempt {
  name: string;
  python?: string;
  bash?: string;
  /**
   * Whether the same script, run outside, must escape. `root`: only root can. A text says why it is not run outside, or
   * why a machine may refuse it anyway.
   */
  control: "anyone" | "root" | { not: string };
  /** The kernel kills the script for trying; it need not say BLOCKED. */
  killed?: true;
}

/** Why some attempts have no control run. */
export const harmful = { not: "it would change or endanger this machine" };
export const varies = { not: "kernels differ in whether they have it at all" };

const numbers = Object.fromEntries(
  Object.entries(syscalls).map(([name, [x64, arm64]]) => [name, process.arch === "arm64" ? arm64 : x64]),
);

const PRELUDE = `
import ctypes, errno, os, signal, socket, struct, sys, time
NR = ${JSON.stringify(numbers).replaceAll("null", "None")}
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long

def say(escaped, detail):
    print("ESCAPED" if escaped else "BLOCKED", detail, flush=True)

def attempt(action):
    try:
        say(True, action())
    except (OSError, ValueError, AttributeError) as error:
        say(False, repr(error))

def call(name, *args):
    def long(value):
        return ctypes.c_long(value) if isinstance(value, int) else value
    result = libc.syscall(ctypes.c_long(NR[name]), *map(long, args))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return f"{name} gave {result}"

def read(path):
    with open(path, "rb") as file:
        return file.read(4096)
`;

/** What a program is started with to make the attempt. */
export function commandOf({ python, bash }: Attempt, values: Readonly<Record<string, string>>): string[] {
  const fill = (text: string) => text.replaceAll(/\$([A-Z_]+)\b/g, (all, name: string) => values[name] ?? all);
  if (python !== undefined) return ["/usr/bin/python3", "-I", "-c", PRELUDE + fill(python)];
  return ["/bin/bash", "-c", fill(bash ?? "")];
}
