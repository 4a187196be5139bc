/** What this machine has to build a sandbox with. */

import { execFile } from "node:child_process";
import { accessSync, constants, lstatSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { SandboxError } from "./errors.js";

export interface Host {
  bwrap: string;
  bash: string;
  /** Only where the uid has to be dropped. */
  setpriv: string | undefined;
  /** bwrap arguments that show the programs of /usr where they are looked for, and nothing else of this machine. */
  programs: readonly string[];
}

const unavailable = (reason: string) => new SandboxError("sandbox_unavailable", `No sandbox can be had: ${reason}`);
const INSTALL = "apt-get install bubblewrap";
const FOLDERS = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"];

function executable(name: string, folders = FOLDERS): string | undefined {
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function needed(name: string, fix: string, folders = FOLDERS): string {
  const path = executable(name, folders);
  if (path === undefined) throw unavailable(`there is no ${name}; ${fix}`);
  return path;
}

/**
 * @param folders where bwrap and what it needs are looked for
 * @param program bubblewrap's name there
 * @throws SandboxError `sandbox_unavailable`, with the reason and what to install
 */
export async function findHost(folders = FOLDERS, program = "bwrap"): Promise<Host> {
  if (process.platform !== "linux")
    throw unavailable(`it needs Linux, this is ${process.platform}; use a Linux machine`);
  const bwrap = needed(program, INSTALL, folders);
  const bash = needed("bash", "apt-get install bash", folders);
  needed("prlimit", "apt-get install util-linux", ["/usr/bin"]);
  needed("python3", "apt-get install python3", ["/usr/bin"]);
  const { stdout } = await promisify(execFile)(bwrap, ["--help"]);
  if (!stdout.includes("--disable-userns"))
    throw unavailable("this bwrap is older than 0.8; install bubblewrap 0.8 or newer");
  const root = process.getuid?.() === 0;
  return {
    bwrap,
    bash,
    setpriv: root && uidRange() !== undefined ? needed("setpriv", "apt-get install util-linux") : undefined,
    programs: [
      "--ro-bind",
      "/usr",
      "/usr",
      ...["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"].flatMap(rootFolder),
    ],
  };
}

/** `/bin` and its like are links into /usr on a merged system, folders on an older one. */
function rootFolder(path: string): string[] {
  const info = lstatSync(path, { throwIfNoEntry: false });
  if (info?.isSymbolicLink()) return ["--symlink", readlinkSync(path), path];
  return info?.isDirectory() ? ["--ro-bind", path, path] : [];
}

/**
 * A uid nobody else has, for one sandbox: its processes can neither signal those of another nor count against their
 * limits. undefined where this process is root of a user namespace of so few ids that there is none to give.
 */
export function spareUid(): number | undefined {
  const range = uidRange();
  if (range === undefined) return undefined;
  return range.first + Math.floor(Math.random() * range.count);
}

/** Far above the ids that distributions, containers and directories give. */
const WIDE = { first: 1_900_000_000, count: 100_000_000 };
const NARROW = { first: 60_000, count: 5_000 };

function uidRange(): { first: number; count: number } | undefined {
  const maps = readFileSync("/proc/self/uid_map", "utf8").trim().split("\n");
  const covers = ({ first, count }: typeof WIDE) =>
    maps.some((line) => {
      const [inside = 0, , length = 0] = line.trim().split(/\s+/).map(Number);
      return inside <= first && first + count <= inside + length;
    });
  return [WIDE, NARROW].find(covers);
}
