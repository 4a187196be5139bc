/** The native addon's file: found where it was built, or compiled for this machine at its first use. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const packageRoot = fileURLToPath(new URL("../../..", import.meta.url));

/** Where addons are built: tests name places of their own. */
export interface BuildPlace {
  /** In the package: where a build puts it, if it may write there. */
  own: string;
  /** Where the package's folder cannot be written: the user's cache. */
  cache: string;
  /** `CACHALOT_ISA`: that instruction set instead of the best one. */
  isa: string | undefined;
}

function buildPlace(env: NodeJS.ProcessEnv = process.env): BuildPlace {
  const { version } = createRequire(import.meta.url)(join(packageRoot, "package.json")) as { version: string };
  const caches = env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return {
    own: join(packageRoot, "build"),
    cache: join(caches, "cachalot", `tensor-${version}`),
    isa: env.CACHALOT_ISA,
  };
}

/**
 * The addon's path. Where there is none it is compiled (half a minute, progress on stderr); processes that ask at the same
 * time wait for one build. What cannot be compiled is tried once.
 */
export function findAddon(place: BuildPlace = buildPlace()): { path: string } | { reason: string } {
  const built = existing(place);
  if (built !== undefined) return { path: built };
  const folder = writableFolder(place);
  if (folder === undefined)
    return { reason: `the kernels cannot be built: neither ${place.own} nor ${place.cache} is writable` };
  const failure = join(folder, "failed.txt");
  const status = existsSync(failure) ? FAILED : compileAddon(folder, place);
  if (status === NO_COMPILER) return { reason: "no C++ compiler was found; install g++ or clang++ for speed" };
  const path = existing(place);
  return path === undefined
    ? { reason: `the kernels could not be compiled: ${failure} says why; delete it to try again` }
    : { path };
}

/** Exit statuses of native/build.mjs. */
const NO_COMPILER = 3;
const FAILED = 1;

/** With every instruction set (`build.mjs --all`), or made for this machine, or for the set that was asked for. */
function existing({ own, cache, isa }: BuildPlace): string | undefined {
  const machine = createHash("sha256")
    .update([process.arch, cpus()[0]?.model ?? ""].join("\0"))
    .digest("hex")
    .slice(0, 8);
  const names = ["cachalot.node", `cachalot-${isa ?? machine}.node`];
  return [own, cache].flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
}

/** The package's own folder where it can be written (not where root installed it), else the user's cache. */
function writableFolder({ own, cache }: BuildPlace): string | undefined {
  for (const folder of [own, cache]) {
    try {
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
      return folder;
    } catch {
      // Read-only: try the next.
    }
  }
  return undefined;
}

/** Runs the build to its end; its progress appears on stderr. In a worker thread, too: the file descriptor is the process's. */
function compileAddon(folder: string, { isa }: BuildPlace): number {
  const script = join(packageRoot, "native", "build.mjs");
  const args = [script, "--first-use", "--folder", folder, ...(isa === undefined ? [] : ["--isa", isa])];
  return spawnSync(process.execPath, args, { stdio: ["ignore", 2, 2], windowsHide: true }).status ?? FAILED;
}
