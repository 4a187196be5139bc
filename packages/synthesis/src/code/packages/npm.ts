/** npm packages by integrity hash: npm resolves and downloads them, nothing of them runs; a task unpacks the tarballs. */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Drop } from "../drop.js";
import { type Packager, type PinnedPackage, runClient } from "./package.js";

interface LockedPackage {
  version?: string;
  integrity?: string;
  bin?: string | Record<string, string>;
  name?: string;
}

const QUIET = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
/** A tree of more than this is no longer "only what tests need". */
const MAX_PACKAGES = 400;

/**
 * @param wanted name to range
 * @param own the project itself: where a package depends on it, it gets none later than this, which would hold the answer
 * @throws Drop `packages-missing`, `too-large`
 */
export function npmPackages(
  packager: Packager,
  wanted: Readonly<Record<string, string>>,
  own: { name: string; version: string } | undefined,
): Promise<PinnedPackage[]> {
  const names = Object.keys(wanted).sort();
  const dependencies = Object.fromEntries(names.map((name) => [name, wanted[name]!]));
  if (names.length === 0) return Promise.resolve([]);
  const overrides = own ? { [own.name]: `<=${own.version}` } : {};
  return packager.resolve({ client: "npm", dependencies, overrides }, async (folder) => {
    await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies, overrides }));
    const cache = join(packager.directory, "npm");
    await runClient("npm", ["install", ...QUIET, "--legacy-peer-deps", "--cache", cache], folder);
    const lock = JSON.parse(await readFile(join(folder, "package-lock.json"), "utf8")) as {
      packages: Record<string, LockedPackage>;
    };
    const locked = Object.entries(lock.packages).filter(
      // Optional packages of other platforms are locked, but neither downloaded nor installed.
      ([path]) => path !== "" && existsSync(join(folder, path)),
    );
    if (locked.length > MAX_PACKAGES)
      throw new Drop("too-large", `its tests need ${locked.length} packages, more than ${MAX_PACKAGES}`);
    const packages: PinnedPackage[] = [];
    for (const [path, entry] of locked) packages.push(await pin(packager, cache, path, entry));
    return packages;
  });
}

async function pin(packager: Packager, cache: string, path: string, entry: LockedPackage): Promise<PinnedPackage> {
  const { version = "", integrity, bin } = entry;
  const name = entry.name ?? path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  if (integrity === undefined) throw new Drop("packages-missing", `${name} has no integrity hash`);
  const hash = await packager.keep(await readCached(cache, integrity));
  const commands = typeof bin === "string" ? { [name.split("/").at(-1)!]: bin } : bin;
  return {
    ...{ name, version, sha256: hash, archive: `${name.replace("/", "+")}-${version}-${hash.slice(0, 8)}.tgz`, path },
    ...(commands && { bin: commands }),
  };
}

/** A tarball in npm's cache, which is addressed by content. @throws Drop `wrong-hash`, `packages-missing` */
async function readCached(cache: string, integrity: string): Promise<Buffer> {
  const [algorithm, digest] = strongest(integrity);
  const hex = Buffer.from(digest, "base64").toString("hex");
  const file = join(cache, "_cacache/content-v2", algorithm, hex.slice(0, 2), hex.slice(2, 4), hex.slice(4));
  const data = await readFile(file).catch(() => {
    throw new Drop("packages-missing", `npm kept no tarball of ${integrity.slice(0, 40)}`);
  });
  checkIntegrity(data, integrity);
  return data;
}

/** @throws Drop `wrong-hash` */
export function checkIntegrity(data: Buffer, integrity: string): void {
  const [algorithm, digest] = strongest(integrity);
  if (createHash(algorithm).update(data).digest("base64") !== digest)
    throw new Drop("wrong-hash", `the tarball is not the one of ${integrity.slice(0, 40)}`);
}

function strongest(integrity: string): [algorithm: string, digest: string] {
  const hashes = integrity.split(/\s+/).map((hash) => /^(sha512|sha384|sha256|sha1)-([A-Za-z0-9+/]+=*)/.exec(hash));
  const found = ["sha512", "sha384", "sha256", "sha1"].flatMap((name) =>
    hashes.filter((hash) => hash?.[1] === name),
  )[0];
  if (!found) throw new Drop("wrong-hash", `there is no hash in ${JSON.stringify(integrity.slice(0, 60))}`);
  return [found[1]!, found[2]!];
}
