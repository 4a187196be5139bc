/** npm version pairs: two neighbouring releases of a package that ships its tests; the later one's tests judge the earlier one's sources. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Drop } from "../drop.js";
import { checkIntegrity } from "../packages/npm.js";
import { type Packager, runClient } from "../packages/package.js";
import { changelogEntry, findChangelog } from "../prompt/changelog.js";
import { type ObjectStore, openObjectStore, type Tree, type TreeEntry } from "../trees/object-store.js";
import { readTarball } from "../trees/read-tarball.js";
import { type Candidate, idOf } from "./candidate.js";

export interface PackageVersion {
  version: string;
  /** As npm has it: `sha512-…`, or `sha1-…` of old packages. */
  integrity: string;
}

/** A line of a recipe: what a clean clone mines again, to the byte. */
export interface NpmPair {
  name: string;
  from: PackageVersion;
  to: PackageVersion;
}

const NAME = /^(@[a-z0-9._~-]+\/)?[a-z0-9._~-]+$/i;
const VERSION = /^\d+\.\d+\.\d+$/;

/**
 * Neighbouring releases of a package, newest first; those of different major versions are no neighbours.
 *
 * @throws Drop `packages-missing` where the registry does not answer, `unreadable` for what is no package name
 */
export async function npmPairs(name: string, limit: number): Promise<NpmPair[]> {
  if (!NAME.test(name)) throw new Drop("unreadable", `${JSON.stringify(name)} is no package name`);
  const versions = asList(await view(name, ["versions"])).filter((version) => VERSION.test(version));
  versions.sort((a, b) => compareVersions(b, a));
  const pairs: NpmPair[] = [];
  for (let i = 0; i + 1 < versions.length && pairs.length < limit; i++) {
    const [to, from] = [versions[i]!, versions[i + 1]!];
    if (to.split(".")[0] !== from.split(".")[0]) continue;
    pairs.push({ name, from: await pinned(name, from), to: await pinned(name, to) });
  }
  return pairs;
}

async function view(name: string, fields: readonly string[]): Promise<unknown> {
  return JSON.parse(await runClient("npm", ["view", name, ...fields, "--json"], "/"));
}

const asList = (value: unknown): string[] => [value].flat().filter((item): item is string => typeof item === "string");

const integrities = new Map<string, Promise<string>>();

async function pinned(name: string, version: string): Promise<PackageVersion> {
  const key = `${name}@${version}`;
  if (!integrities.has(key)) integrities.set(key, askIntegrity(key));
  return { version, integrity: await integrities.get(key)! };
}

async function askIntegrity(specifier: string): Promise<string> {
  const dist = (await view(specifier, ["dist"])) as { integrity?: string; shasum?: string };
  if (dist.integrity) return dist.integrity;
  if (!/^[0-9a-f]{40}$/.test(dist.shasum ?? ""))
    throw new Drop("wrong-hash", `${specifier} has no hash in its registry`);
  return `sha1-${Buffer.from(dist.shasum!, "hex").toString("base64")}`;
}

function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split(".").map(Number)) as [number[], number[]];
  return x[0]! - y[0]! || x[1]! - y[1]! || x[2]! - y[2]!;
}

/** @param scratch where trees of this package are kept */
export function npmCandidate({ name, from, to }: NpmPair, packager: Packager, scratch: string): Candidate {
  return {
    id: idOf("npm", name, from.version, to.version),
    source: {
      ...{ kind: "npm", name, from: from.version, to: to.version },
      hashes: { [`${name}@${from.version}`]: from.integrity, [`${name}@${to.version}`]: to.integrity },
    },
    async read() {
      const store = await openObjectStore(join(scratch, "trees", idOf("npm", name)));
      const [before, after] = [
        await readVersion(name, from, packager, store),
        await readVersion(name, to, packager, store),
      ];
      const manifest = JSON.parse((await textOf(store, after, "package.json")) || "{}") as { license?: unknown };
      const log = findChangelog([...after.keys()]);
      const changelog = log && changelogEntry(await textOf(store, after, log), to.version);
      const licence = typeof manifest.license === "string" ? manifest.license : "unknown";
      return { ...{ store, before, after, licence }, texts: { ...(changelog && { changelog }) } };
    },
  };
}

async function textOf(store: ObjectStore, tree: Tree, path: string): Promise<string> {
  const entry = tree.get(path);
  return entry ? (await store.get(entry.id)).toString("utf8") : "";
}

async function readVersion(
  name: string,
  { version, integrity }: PackageVersion,
  packager: Packager,
  store: ObjectStore,
): Promise<Tree> {
  const [{ sha256 } = { sha256: "" }] = await packager.resolve(
    { client: "npm pack", name, integrity },
    async (folder) => {
      await runClient(
        "npm",
        ["pack", `${name}@${version}`, "--ignore-scripts", "--silent", "--cache", join(packager.directory, "npm")],
        folder,
      );
      const data = await readFile(join(folder, `${name.replace(/^@/, "").replace("/", "-")}-${version}.tgz`));
      checkIntegrity(data, integrity);
      return [{ name, version, sha256: await packager.keep(data), archive: "", path: "" }];
    },
  );
  return treeOfTarball(await packager.archive(sha256), store);
}

async function treeOfTarball(tarball: Buffer, store: ObjectStore): Promise<Tree> {
  const files = await readTarball(tarball);
  const entries: [string, TreeEntry][] = [];
  for (const [path, { executable, data }] of files) {
    if (path.startsWith("node_modules/")) continue;
    entries.push([path, { mode: executable ? "100755" : "100644", id: await store.put(data) }]);
  }
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
