import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  changeTree,
  checkLink,
  checkPath,
  diffTrees,
  type ObjectStore,
  openObjectStore,
  type Tree,
} from "./object-store.js";

let directory: string;
let store: ObjectStore;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cachalot-objects-"));
  store = await openObjectStore(join(directory, "store"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function tree(files: Record<string, string>): Promise<Tree> {
  const entries = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    await Promise.all(
      entries.map(async ([path, text]) => [path, { mode: "100644", id: await store.put(Buffer.from(text)) }] as const),
    ),
  );
}

describe("object store", () => {
  it("gives back what was put, by the id that git gives it", async () => {
    const id = await store.put(Buffer.from("hello\n"));
    expect(id).toBe("ce013625030ba8dba906f756967f9e9ca394464a");
    expect(String(await store.get(id))).toBe("hello\n");
  });

  it("sees another repository's objects while it is opened again and again", async () => {
    const name = await store.writeTree(await tree({ "a.js": "of the other" }));
    const open = () => openObjectStore(join(directory, "second"), [join(directory, "store/objects")]);
    const second = await open();
    let done = false;
    const opening = (async () => {
      while (!done) await open();
    })();
    for (let i = 0; i < 20; i++) expect([...(await second.tree(name)).keys()]).toEqual(["a.js"]);
    done = true;
    await opening;
  });

  it("reads a tree that it wrote", async () => {
    const written = await tree({ "a.js": "1", "lib/b.js": "2", "lib/ü.js": "3" });
    expect(await store.tree(await store.writeTree(written))).toEqual(written);
  });

  it("finds the changes that make one tree of another", async () => {
    const [before, after] = [await tree({ a: "1", b: "2" }), await tree({ b: "3", c: "4" })];
    const changes = diffTrees(before, after);
    expect(changes.map(({ path }) => path)).toEqual(["a", "b", "c"]);
    expect(changeTree(before, changes)).toEqual(after);
  });

  it("gives patches of the same change the same id, wherever its lines are", async () => {
    const ids = [];
    for (const head of ["", "1\n2\n3\n4\n5\n"]) {
      const [from, to] = [await tree({ a: `${head}x\ny\n` }), await tree({ a: `${head}x\nz\n` })];
      ids.push(await store.patchId(await store.diff(await store.writeTree(from), await store.writeTree(to))));
    }
    expect(ids[0]).toMatch(/^[0-9a-f]{40}$/);
    expect(new Set(ids).size).toBe(2);
    // Not the same context above: so other ids. Only the line numbers may differ.
    const far = [
      await tree({ a: `${"n\n".repeat(50)}1\n2\n3\nx\ny\n` }),
      await tree({ a: `${"n\n".repeat(50)}1\n2\n3\nx\nz\n` }),
    ];
    const near = [await tree({ a: "1\n2\n3\nx\ny\n" }), await tree({ a: "1\n2\n3\nx\nz\n" })];
    const idOf = async ([from, to]: Tree[]) =>
      store.patchId(await store.diff(await store.writeTree(from!), await store.writeTree(to!)));
    expect(await idOf(far)).toBe(await idOf(near));
  });
});

describe("paths", () => {
  it.each(["../a", "a/../b", "/a", "a/.git/config", ".GIT/hooks/x", "a\\b", "a\nb", "", "a//b"])(
    "refuses %j",
    (path) => {
      expect(() => checkPath(path)).toThrow(expect.objectContaining({ reason: "unsafe-path" }));
    },
  );

  it.each([
    ["a", "/etc/passwd"],
    ["a", ".."],
    ["a/b", "../../c"],
    ["a/b", "x/../../../c"],
  ])("refuses a link from %s to %s", (path, target) => {
    expect(() => checkLink(path, target)).toThrow(expect.objectContaining({ reason: "unsafe-path" }));
  });

  it.each([
    ["a", "b"],
    ["a/b", "../c"],
    ["a/b/c", "../../d/e"],
  ])("takes a link from %s to %s", (path, target) => {
    expect(() => checkLink(path, target)).not.toThrow();
  });
});
