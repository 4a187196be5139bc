/**
 * Trees as git objects: a bare repository of our own holds every version of an item, so that patches, patch ids and exports
 * have one source, whether the files came from a commit or from a tarball.
 */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { writeAtomic } from "@cachalot/files";
import { Drop } from "../drop.js";
import { type GitOptions, git } from "./git.js";

/** `100644`, `100755`, or `120000` for a link whose content is its target. */
export type FileMode = "100644" | "100755" | "120000";

export interface TreeEntry {
  mode: FileMode;
  /** Object id of the content. */
  id: string;
}

/** Path to entry, `/` between names, in order of the paths. */
export type Tree = ReadonlyMap<string, TreeEntry>;

export interface TreeChange {
  path: string;
  /** undefined where the file is new. */
  before?: TreeEntry;
  /** undefined where the file is gone. */
  after?: TreeEntry;
}

export const MAX_FILES = 15_000;
export const MAX_TREE_BYTES = 48 * 2 ** 20;

export interface ObjectStore {
  readonly directory: string;
  /** The object id of a content, kept. */
  put(data: Buffer): Promise<string>;
  get(id: string): Promise<Buffer>;
  /** Contents in the order of `ids`. @throws Drop `too-large` above 48 MiB together */
  getAll(ids: readonly string[]): Promise<Buffer[]>;
  /** @param name a tree or commit id. @throws Drop `unsafe-path`, `too-large` */
  tree(name: string): Promise<Tree>;
  /** The id of a tree, written to the store. */
  writeTree(tree: Tree): Promise<string>;
  /** From one tree id to another, as `git apply` takes it, binary files too. */
  diff(from: string, to: string, paths?: readonly string[]): Promise<string>;
  /** The id of a tree with a patch made to it. @throws Drop `unreadable` where it does not apply */
  apply(tree: string, patch: string): Promise<string>;
  /** Equal for patches that make the same change, wherever its lines are. */
  patchId(patch: string): Promise<string>;
}

/**
 * Opens, or makes, a store.
 *
 * @param alternates object directories of other repositories whose objects are to be seen; nothing else of them is read
 */
export async function openObjectStore(directory: string, alternates: readonly string[] = []): Promise<ObjectStore> {
  await mkdir(join(directory, "objects/info"), { recursive: true });
  await mkdir(join(directory, "refs"), { recursive: true });
  // Items at once open the same store: neither file is ever seen half written.
  const write = (path: string, text: string) => writeAtomic(join(directory, path), text, { sync: false });
  if (!existsSync(join(directory, "HEAD"))) await write("HEAD", "ref: refs/heads/main\n");
  await write("objects/info/alternates", alternates.map((path) => `${path}\n`).join(""));
  const run = (args: readonly string[], options?: GitOptions) => git(directory, args, options);

  /** Fills an index of its own. @returns its tree */
  async function inIndex(fill: (env: Record<string, string>) => Promise<unknown>): Promise<string> {
    const index = join(directory, `index-${process.pid}-${Math.random().toString(36).slice(2)}`);
    const env = { GIT_INDEX_FILE: index };
    try {
      await fill(env);
      return (await run(["write-tree"], { env })).toString().trim();
    } finally {
      await rm(index, { force: true });
    }
  }

  const store: ObjectStore = {
    directory,
    async put(data) {
      const whole = Buffer.concat([Buffer.from(`blob ${data.length}\0`), data]);
      const id = createHash("sha1").update(whole).digest("hex");
      const file = join(directory, "objects", id.slice(0, 2), id.slice(2));
      if (existsSync(file)) return id;
      await mkdir(dirname(file), { recursive: true });
      await writeAtomic(file, await promisify(deflate)(whole), { sync: false });
      return id;
    },
    async get(id) {
      return (await store.getAll([id]))[0]!;
    },
    async getAll(ids) {
      if (ids.length === 0) return [];
      const stdin = ids.map((id) => `${id}\n`).join("");
      return splitBatch(await run(["cat-file", "--batch"], { stdin, maxBytes: 2 * MAX_TREE_BYTES }), ids);
    },
    async tree(name) {
      return parseTree(await run(["ls-tree", "-r", "-z", "-l", name], { maxBytes: 8 * 2 ** 20 }));
    },
    async writeTree(tree) {
      const stdin = [...tree].map(([path, { mode, id }]) => `${mode} ${id}\t${path}\0`).join("");
      return inIndex((env) => run(["update-index", "-z", "--index-info"], { stdin, env }));
    },
    async apply(tree, patch) {
      if (patch.trim() === "") return tree;
      return inIndex(async (env) => {
        await run(["read-tree", tree], { env });
        await run(["apply", "--cached", "--whitespace=nowarn", "-"], { stdin: patch, env });
      });
    },
    async diff(from, to, paths = []) {
      const flags = ["-p", "--binary", "--full-index", "--no-ext-diff", "--no-textconv", "--no-renames", "--no-color"];
      const args = ["diff-tree", "-r", ...flags, from, to, "--", ...paths.map((path) => `:(literal)${path}`)];
      return (await run(args, { maxBytes: 4 * 2 ** 20 })).toString();
    },
    async patchId(patch) {
      return (await run(["patch-id", "--stable"], { stdin: patch })).toString().split(" ")[0]!.trim();
    },
  };
  return store;
}

/** What differs between two trees, in order of the paths. */
export function diffTrees(before: Tree, after: Tree): TreeChange[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const [a, b] = [before.get(path), after.get(path)];
    if (a?.id === b?.id && a?.mode === b?.mode) return [];
    return [{ path, ...(a && { before: a }), ...(b && { after: b }) }];
  });
}

/** A tree with some changes made. */
export function changeTree(tree: Tree, changes: readonly TreeChange[]): Tree {
  const result = new Map(tree);
  for (const { path, after } of changes) {
    if (after) result.set(path, after);
    else result.delete(path);
  }
  return new Map([...result].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function parseTree(listing: Buffer): Tree {
  const tree = new Map<string, TreeEntry>();
  let bytes = 0;
  for (const record of listing.toString("utf8").split("\0")) {
    const match = /^(\d{6}) (\w+) ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(record);
    if (match?.[2] !== "blob") continue;
    const [, mode, , id, size, path] = match as unknown as [string, string, string, string, string, string];
    if (mode !== "100644" && mode !== "100755" && mode !== "120000") continue;
    checkPath(path);
    bytes += Number(size);
    tree.set(path, { mode, id });
  }
  if (tree.size > MAX_FILES) throw new Drop("too-large", `${tree.size} files, more than ${MAX_FILES}`);
  if (bytes > MAX_TREE_BYTES) throw new Drop("too-large", `${bytes} bytes, more than ${MAX_TREE_BYTES}`);
  return tree;
}

/** @throws Drop `unsafe-path` for a path that leaves its folder, or that git or this project keep for themselves */
export function checkPath(path: string): void {
  const names = path.split("/");
  const bad = names.some((name) => name === "" || name === "." || name === ".." || name.toLowerCase() === ".git");
  if (bad || path.includes("\0") || path.includes("\\") || path.includes("\n") || path.includes("\ufffd"))
    throw new Drop("unsafe-path", `the path ${JSON.stringify(path.slice(0, 100))} is not safe`);
}

/** @throws Drop `unsafe-path` for a link whose target is not below the folder that the link's path begins in */
export function checkLink(path: string, target: string): void {
  let depth = path.split("/").length - 1;
  let safe = !target.startsWith("/");
  for (const name of target.split("/")) {
    if (name === "..") depth -= 1;
    else if (name !== "." && name !== "") depth += 1;
    safe &&= depth >= 0;
  }
  if (safe) return;
  const [from, to] = [path, target].map((text) => JSON.stringify(text.slice(0, 100)));
  throw new Drop("unsafe-path", `the link ${from} leads out, to ${to}`);
}

function splitBatch(output: Buffer, ids: readonly string[]): Buffer[] {
  let at = 0;
  return ids.map((id) => {
    const end = output.indexOf(10, at);
    const [, type, size] = output.subarray(at, end).toString().split(" ");
    if (type !== "blob") throw new Drop("unreadable", `the object ${id} is missing`);
    const data = output.subarray(end + 1, end + 1 + Number(size));
    at = end + 2 + Number(size);
    return data;
  });
}
