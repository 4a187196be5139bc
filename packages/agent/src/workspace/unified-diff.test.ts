import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  diffSnapshots,
  exportSnapshot,
  importDirectory,
  openWorkspaceStore,
  type WorkspaceEntry,
  type WorkspaceSnapshot,
  type WorkspaceStore,
} from "@cachalot/sandbox";
import fc from "fast-check";
import { expect, test } from "vitest";
import { quotedPath, unifiedDiff } from "./unified-diff.js";

/** A line, with or without its end, as files of people have them. */
const line = fc.constantFrom("a\n", "b\n", "c\n", "\n", "last", "x\r\n", "é\n");
const content = fc.array(line, { maxLength: 12 }).map((lines) => lines.join(""));
const path = fc.constantFrom("f", "dir/g", "dir/sp ace", "dir/é", 'q"uote', "new");
const file = fc.record({ text: content, executable: fc.boolean() });
const tree = fc.dictionary(path, file);

async function snapshotOf(store: WorkspaceStore, files: Record<string, { text: string; executable: boolean }>) {
  const snapshot = new Map<string, WorkspaceEntry>();
  for (const [name, { text, executable }] of Object.entries(files)) {
    const data = Buffer.from(text);
    const chunks: [number, string][] = data.length === 0 ? [] : [[0, await store.putChunk(data)]];
    if (name.includes("/")) snapshot.set("dir", { type: "directory", mode: 0o755 });
    snapshot.set(name, { type: "file", mode: executable ? 0o755 : 0o644, mtimeUs: 0, size: data.length, chunks });
  }
  return snapshot as WorkspaceSnapshot;
}

test("git apply makes of the one tree exactly the other", async () => {
  await fc.assert(
    fc.asyncProperty(tree, tree, async (old, now) => {
      const directory = await mkdtemp(join(tmpdir(), "cachalot-diff-"));
      try {
        const store = openWorkspaceStore();
        const [before, after] = [await snapshotOf(store, old), await snapshotOf(store, now)];
        await exportSnapshot(store, before, directory);
        const changes = diffSnapshots(before, after);
        const patch = await unifiedDiff(store, changes);
        if (patch !== "") execFileSync("git", ["apply", "-"], { cwd: directory, input: patch, stdio: "pipe" });
        const files = (snapshot: WorkspaceSnapshot) =>
          [...snapshot]
            .filter(([, { type }]) => type === "file")
            .map(([name, entry]) => [name, { ...entry, mtimeUs: 0 }]);
        const { snapshot: made } = await importDirectory(store, directory);
        expect(files(made)).toEqual(files(new Map([...after].sort(([a], [b]) => (a < b ? -1 : 1)))));
      } finally {
        await rm(directory, { recursive: true });
      }
    }),
    { numRuns: 25 },
  );
}, 240_000);

test("names are quoted as git quotes them, bytes that are no UTF-8 included", () => {
  expect(quotedPath("plain/name.ts")).toBe("plain/name.ts");
  expect(quotedPath('a "b"')).toBe('"a \\"b\\""');
  expect(quotedPath("é\n")).toBe('"\\303\\251\\n"');
  expect(quotedPath("caf\udce9")).toBe('"caf\\351"');
});
