/** Pinned packages: archives by hash, kept once in a cache, from which an environment is installed without network. */

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeAtomic } from "@cachalot/files";
import { shellQuoted } from "../../shell-quote.js";
import { Drop } from "../drop.js";

export interface PinnedPackage {
  name: string;
  version: string;
  /** SHA-256 of the archive, hexadecimal. */
  sha256: string;
  /** Archive name in /app/deps. */
  archive: string;
  /** Where it is unpacked, relative to /app; "" where it stays an archive. */
  path: string;
  /** Commands it brings: name to file, relative to `path`. */
  bin?: Record<string, string>;
}

/** Fetches packages by the ordinary clients of their languages, each answer once: the cache keeps it under its question. */
export interface Packager {
  readonly directory: string;
  /** Answers kept from before, or the answer of `fetch` in an empty folder that is gone afterwards. */
  resolve(question: object, fetch: (folder: string) => Promise<PinnedPackage[]>): Promise<PinnedPackage[]>;
  /** Keeps an archive. @returns its SHA-256 */
  keep(data: Buffer): Promise<string>;
  /** @throws Drop `wrong-hash` */
  archive(sha256: string): Promise<Buffer>;
}

const sha256 = (data: Buffer | string): string => createHash("sha256").update(data).digest("hex");

export function openPackager(directory: string): Packager {
  const blob = (hash: string) => join(directory, "blobs", hash);
  const packager: Packager = {
    directory,
    async resolve(question, fetch) {
      const file = join(directory, "answers", `${sha256(JSON.stringify(question))}.json`);
      const kept = await readFile(file, "utf8").catch(() => undefined);
      if (kept !== undefined) return JSON.parse(kept) as PinnedPackage[];
      const folder = join(tmpdir(), `cachalot-packages-${process.pid}-${Math.random().toString(36).slice(2)}`);
      await mkdir(folder, { recursive: true });
      try {
        const packages = await fetch(folder);
        await mkdir(join(directory, "answers"), { recursive: true });
        await writeAtomic(file, JSON.stringify(packages));
        return packages;
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    async keep(data) {
      const hash = sha256(data);
      await mkdir(join(directory, "blobs"), { recursive: true });
      await writeAtomic(blob(hash), data);
      return hash;
    },
    async archive(hash) {
      const data = await readFile(blob(hash)).catch(() => undefined);
      if (data === undefined || sha256(data) !== hash)
        throw new Drop("wrong-hash", `the kept package ${hash} is damaged; remove ${directory}`);
      return data;
    },
  };
  return packager;
}

/**
 * Runs a package manager on this machine. It may download, but runs nothing of what it downloads.
 * @throws Drop `packages-missing` with the end of what it complained
 */
export async function runClient(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<string> {
  try {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 2 ** 20, timeout: 300_000 };
    return (await promisify(execFile)(program, [...args], options)).stdout;
  } catch (error) {
    const { stderr = "", message, code } = error as Error & { stderr?: string; code?: string };
    if (code === "ENOENT") throw new Drop("toolchain-missing", `there is no ${program}; install it`);
    throw new Drop("packages-missing", `${program} ${args[0]}: ${(stderr || message).trim().slice(-300)}`);
  }
}

/** What no program of an npm package reads: a sandbox starts the faster the fewer files it has. */
const LEAN =
  "--anchored --no-wildcards-match-slash --exclude='*/test' --exclude='*/tests' --exclude='*/.github' --exclude='*/docs' " +
  "--no-anchored --wildcards-match-slash --exclude='*.md' --exclude='*.d.ts' --exclude='*.d.mts' --exclude='*.d.cts' " +
  "--exclude='*.map' --exclude='.eslintrc*' --exclude='.nycrc' --exclude='.editorconfig' --exclude='tsconfig*.json'";

/** Checks every archive, then unpacks those that have a path, and links the commands they bring. */
export function unpackScript(packages: readonly PinnedPackage[]): string {
  const unpack = packages.flatMap(({ archive, path }) => {
    if (path === "") return [];
    const [from, to] = [shellQuoted(`deps/${archive}`), shellQuoted(path)];
    if (archive.endsWith(".whl")) return [`mkdir -p ${to} && python3 -m zipfile -e ${from} ${to}`];
    const flags = `--strip-components=1 --no-same-owner --no-same-permissions${path.startsWith("node_modules/") ? ` ${LEAN}` : ""}`;
    return [`mkdir -p ${to} && tar -xzf ${from} -C ${to} ${flags}`];
  });
  const links = packages.flatMap(({ path, bin = {} }) => {
    const folder = path.slice(0, path.lastIndexOf("node_modules/") + "node_modules/".length);
    return Object.entries(bin).map(([name, file]) => {
      const target = shellQuoted(`../${path.slice(folder.length)}/${file}`);
      return `mkdir -p ${shellQuoted(`${folder}.bin`)} && ln -sf ${target} ${shellQuoted(`${folder}.bin/${name}`)}`;
    });
  });
  const sums = packages.map(({ sha256, archive }) => `${sha256}  deps/${archive}`);
  const check = sums.length === 0 ? [] : ["sha256sum --quiet -c - <<'SUMS'", ...sums, "SUMS"];
  return ["set -eu", 'cd "$(dirname "$0")/.."', ...check, ...unpack, ...links, ""].join("\n");
}

/** A gzipped tarball of a folder that is the same for the same content. */
export async function tarOf(parent: string, folder: string): Promise<Buffer> {
  const flags = [
    "--sort=name",
    "--mtime=@0",
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--use-compress-program=gzip -n",
  ];
  const archive = join(parent, "archive.tgz");
  await runClient("tar", ["-cf", archive, ...flags, "-C", parent, folder], parent);
  return readFile(archive);
}
