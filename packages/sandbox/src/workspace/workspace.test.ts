import { execFileSync } from "node:child_process";
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSandbox } from "../sandbox.js";
import { withSandbox } from "../testing/with-sandbox.js";
import { applyChanges, exportSnapshot, importDirectory } from "./host-directory.js";
import { saveWorkspace } from "./save.js";
import { diffSnapshots, type WorkspaceEntry } from "./snapshot.js";
import { openWorkspaceStore } from "./workspace-store.js";

let dir: string;
let count = 0;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-workspace-"));
});
afterAll(() => rm(dir, { recursive: true }));

const fresh = async (): Promise<string> => {
  const path = join(dir, `${count++}`);
  await mkdir(path);
  return path;
};
/** Everything of a directory that matters, as `find` and `sha256sum` tell it. */
const told = (path: string) =>
  execFileSync(
    "bash",
    ["-c", 'find . -printf "%p %y %m %l\\n" | sort; find . -type f -print0 | sort -z | xargs -0 -r sha256sum'],
    {
      cwd: path,
      encoding: "latin1",
    },
  );

/** A small project with what makes trouble: odd names, links, an empty directory, modes, a sparse file, no UTF-8. */
async function project(): Promise<string> {
  const path = await fresh();
  execFileSync(
    "bash",
    [
      "-c",
      `mkdir -p src/deep empty 'with space' "__proto__"; echo 'console.log(1)' > src/main.js; printf 'a\\xe9b' > src/latin1.txt
       echo x > "with space/new
line"; printf x > $'caf\\xe9'; ln -s ../src/main.js 'with space/link'; ln -s ../src src/self; chmod 755 src/main.js
       truncate -s 300M sparse; printf end >> sparse; head -c 600000 /dev/urandom > random; chmod 700 src/deep; echo y > "__proto__/constructor"`,
    ],
    { cwd: path },
  );
  return path;
}

test("a directory that is imported and exported is the same, byte for byte, with its links, modes and odd names", async () => {
  const source = await project();
  const store = openWorkspaceStore(join(await fresh(), "store"));
  const { snapshot, skipped } = await importDirectory(store, source);
  expect(skipped).toEqual([]);
  const target = await fresh();
  expect((await exportSnapshot(store, snapshot, target)).refused).toEqual([]);
  expect(told(target)).toBe(told(source));
});

test("links that lead out, FIFOs, .git and .cachalot stay behind; too much is an error with the way out", async () => {
  const source = await fresh();
  execFileSync(
    "bash",
    [
      "-c",
      "ln -s /etc/passwd a; ln -s ../../x b; mkdir d .git .cachalot; ln -s ../../.. d/c; ln -s . e; ln -s e/.. g; mkfifo f; echo 1 > ok; touch .git/config",
    ],
    { cwd: source },
  );
  const store = openWorkspaceStore();
  const { snapshot, skipped } = await importDirectory(store, source);
  expect([...snapshot.keys()]).toEqual(["d", "e", "ok"]);
  expect(skipped.map(({ path }) => path)).toEqual(["a", "b", "d/c", "f", "g"]);
  await expect(importDirectory(store, source, { maxEntries: 1 })).rejects.toThrow(
    /more than 1 files.*leave something out/,
  );
  await expect(importDirectory(store, source, { maxBytes: 1 })).rejects.toMatchObject({ code: "workspace" });
  await expect(importDirectory(store, join(source, "nothing"))).rejects.toThrow(/name a directory$/);
  await expect(importDirectory(store, join(source, "ok"))).rejects.toMatchObject({ code: "workspace" });
});

test("changes that would leave the directory, or that meet others made meanwhile, are refused and told", async () => {
  const host = await fresh();
  const outside = await fresh();
  await writeFile(join(host, "mine"), "as imported");
  await mkdir(join(host, "dir"));
  await writeFile(join(host, "dir/x"), "x");
  const store = openWorkspaceStore();
  const { snapshot } = await importDirectory(store, host);
  const chunks: [number, string][] = [[0, await store.putChunk(Buffer.from("new"))]];
  const file = { type: "file", mode: 0o644, mtimeUs: 0, size: 3, chunks } as const;
  await writeFile(join(host, "mine"), "changed by its owner");
  await rm(join(host, "dir"), { recursive: true });
  await symlink(outside, join(host, "dir"));
  await symlink("/etc", join(host, "hosts"));
  const after = new Map<string, WorkspaceEntry>([
    ...snapshot,
    ["mine", file],
    ["dir/x", file],
    ["dir/y", file],
    [".git", { type: "directory", mode: 0o755 }],
    [".git/config", file],
    ["sub", { type: "directory", mode: 0o755 }],
    ["sub/.GIT", file],
    ["out", { type: "link", target: "../.." }],
    ["etc", { type: "link", target: "/etc" }],
    ["behind", { type: "link", target: "hosts/passwd" }],
    ["self", { type: "link", target: "." }],
    ["fine", file],
  ]);
  const { applied, refused } = await applyChanges(store, diffSnapshots(snapshot, after), host);
  expect(applied).toEqual(["fine", "self", "sub"]);
  expect(refused.map(({ path }) => path).sort()).toEqual(
    [".git", ".git/config", "behind", "dir/x", "dir/y", "etc", "mine", "out", "sub/.GIT"].sort(),
  );
  expect(await readFile(join(host, "mine"), "utf8")).toBe("changed by its owner");
  expect(await readdir(outside)).toEqual([]);
  expect((await readdir(host)).sort()).toEqual(["dir", "fine", "hosts", "mine", "self", "sub"]);
});

withSandbox("a workspace", () => {
  test("goes into a sandbox and comes back the same; a change is one change", async () => {
    const source = await project();
    const store = openWorkspaceStore(join(await fresh(), "store"));
    const { snapshot } = await importDirectory(store, source);
    await using sandbox = await createSandbox({ fileMiB: 400 });
    await sandbox.fill(store, snapshot);
    const back = await sandbox.capture(store);
    expect(diffSnapshots(snapshot, back.snapshot)).toEqual([]);
    await sandbox.run(
      "echo 'console.log(2)' > src/main.js; rm -r empty; mkdir new; mkfifo f; mv random new/; ln -s / root",
    );
    const changed = await sandbox.capture(store);
    expect(changed.skipped).toEqual([{ path: "f", reason: "is no file, directory or link" }]);
    const changes = diffSnapshots(snapshot, changed.snapshot);
    expect(changes.map(({ path, before, after }) => [path, before?.type, after?.type])).toEqual([
      ["empty", "directory", undefined],
      ["new", undefined, "directory"],
      ["new/random", undefined, "file"],
      ["random", "file", undefined],
      ["root", undefined, "link"],
      ["src/main.js", "file", "file"],
    ]);
    expect(await applyChanges(store, changes, source)).toEqual({
      applied: ["random", "empty", "new", "new/random", "src/main.js"],
      refused: [{ path: "root", reason: "is a link that may lead out of the directory" }],
    });
    expect(await readFile(join(source, "src/main.js"), "utf8")).toBe("console.log(2)\n");
    expect((await lstat(join(source, "src/main.js"))).mode & 0o777).toBe(0o755);
  });

  test("is saved as it changes: nothing is moved where nothing changed, holes cost nothing, unreadable modes are kept", async () => {
    const directory = join(await fresh(), "store");
    const store = openWorkspaceStore(directory);
    await using sandbox = await createSandbox();
    await sandbox.run("head -c 15000000 /dev/urandom > random; for i in $(seq 500); do truncate -s 60M s$i; done");
    await saveWorkspace(sandbox, store);
    const before = (await lstat(join(directory, "snapshots/latest.json"))).mtimeMs;
    const start = performance.now();
    await saveWorkspace(sandbox, store);
    expect(performance.now() - start).toBeLessThan(2000);
    expect((await lstat(join(directory, "snapshots/latest.json"))).mtimeMs).toBe(before);
    await sandbox.run(
      "rm s* random; mkdir closed; echo x > closed/secret; chmod 0 closed/secret; chmod 500 closed; printf $'a\\xff' > $'\\xff\\xfe'",
    );
    await saveWorkspace(sandbox, store);
    expect((await readdir(join(directory, "chunks"))).length).toBe(2);
    expect((await sandbox.run("stat -c '%a %n' closed")).stdout).toBe("500 closed\n");
    await using other = await createSandbox({}, { workspace: openWorkspaceStore(directory) });
    expect((await other.run("stat -c %a closed; stat -c %a closed/*; od -c $'\\xff\\xfe' | head -1")).stdout).toBe(
      "500\n0\n0000000   a 377\n",
    );
  });

  test("a capture has its content in the store that was asked for, also when nothing changed since another", async () => {
    await using sandbox = await createSandbox();
    await sandbox.put("x", "content");
    const stores = [openWorkspaceStore(), openWorkspaceStore(join(await fresh(), "store"))];
    for (const store of [...stores, ...stores]) {
      const entry = (await sandbox.capture(store)).snapshot.get("x");
      if (entry?.type !== "file") throw new Error("x is no file");
      expect((await store.read(entry)).toString()).toBe("content");
      // Drops what has no name.
      await store.name("other", new Map());
    }
  });

  test("whatever programs leave behind, saving ends with a word", async () => {
    const store = openWorkspaceStore();
    await using sandbox = await createSandbox();
    await sandbox.run("for i in $(seq 100); do mkdir d; cd d; done");
    await expect(saveWorkspace(sandbox, store)).rejects.toThrow(/more than 64 directories deep; remove it/);
    await sandbox.run(
      "rm -r d; mkdir -p /tmp/.cachalot-work.tar.gz; head -c 33554432 /dev/zero > /tmp/full; echo kept > x",
    );
    await saveWorkspace(sandbox, store);
    await sandbox.run("kill -9 $PPID; sleep 5");
    expect((await sandbox.run("cat x")).stdout).toBe("");
    await using next = await createSandbox({}, { workspace: store });
    await next.run("kill -9 $PPID; sleep 5");
    expect(await next.run("cat x")).toMatchObject({
      stdout: "kept\n",
      notices: [expect.stringContaining("last saved")],
    });
  });

  test("a damaged store is an error with the way out, not an empty workspace", async () => {
    const directory = join(await fresh(), "store");
    const store = openWorkspaceStore(directory);
    await using sandbox = await createSandbox();
    await sandbox.put("x", "content");
    await saveWorkspace(sandbox, store);
    const [chunk] = await readdir(join(directory, "chunks"));
    await writeFile(join(directory, "chunks", chunk!), "something else");
    await expect(createSandbox({}, { workspace: openWorkspaceStore(directory) })).rejects.toThrow(
      /damaged.*start from its source/,
    );
    await writeFile(join(directory, "snapshots/latest.json"), '[["../x",{"type":"directory","mode":0}]]');
    await expect(createSandbox({}, { workspace: openWorkspaceStore(directory) })).rejects.toMatchObject({
      code: "workspace",
    });
  });
});
