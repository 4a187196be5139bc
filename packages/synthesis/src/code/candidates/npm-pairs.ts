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
  const fields = ["version", "dist.integrity", "dist.shasum"];
  const listed = JSON.parse(await runClient("npm", ["view", `${name}@>=0`, ...fields, "--json"], "/")) as
    | Listed
    | Listed[];
  const releases = [listed].flat().filter(({ version }) => VERSION.test(version));
  releases.sort((a, b) => compareVersions(b.version, a.version));
  const pairs: NpmPair[] = [];
  for (let i = 0; i + 1 < releases.length && pairs.length < limit; i++) {
    const [to, from] = [releases[i]!, releases[i + 1]!];
    if (to.version.split(".")[0] === from.version.split(".")[0])
      pairs.push({ name, from: pinned(from), to: pinned(to) });
  }
  return pairs;
}

interface Listed {
  version: string;
  "dist.integrity"?: string;
  "dist.shasum"?: string;
}

/** @throws Drop `wrong-hash` where the registry has none */
function pinned({ version, "dist.integrity": integrity, "dist.shasum": shasum = "" }: Listed): PackageVersion {
  if (integrity) return { version, integrity };
  if (!/^[0-9a-f]{40}$/.test(shasum)) throw new Drop("wrong-hash", `version ${version} has no hash in its registry`);
  return { version, integrity: `sha1-${Buffer.from(shasum, "hex").toString("base64")}` };
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
