import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openWorkspaceStore, type WorkspaceStore } from "@cachalot/sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withSandbox } from "../testing/with-sandbox.js";
import { openToolSet, type ToolSet } from "./tool-set.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-tools-"));
});
afterAll(() => rm(dir, { recursive: true }));

const names = ({ tools }: ToolSet) => tools.map(({ definition }) => definition.function.name);
const closing = async (set: Promise<ToolSet>) => {
  const { tools, close } = await set;
  return { tools, close, [Symbol.asyncDispose]: close };
};
const context = { signal: new AbortController().signal, callId: "c", idempotencyKey: "k" };
const call = async ({ tools }: ToolSet, name: string, args: Record<string, unknown>) =>
  tools.find(({ definition }) => definition.function.name === name)!.execute(args, context);

test("tools by name; search needs a corpus, and what was opened is closed", async () => {
  const set = await openToolSet(["calculator"]);
  expect(names(set)).toEqual(["calculator"]);
  await set.close();
  await expect(openToolSet(["search"])).rejects.toThrow("needs a corpus");
  await expect(openToolSet([], { mcp: ["/no/such/server"] })).rejects.toThrow(/no\/such\/server/);
});

withSandbox("with a sandbox", () => {
  test("files outlive the process, variables do not, and the tools say which", async () => {
    const workspace = join(dir, "run", "workspace");
    const first = await openToolSet(["bash", "python", "editor"], { workspace });
    expect(names(first)).toEqual(["bash", "python", "file_editor"]);
    expect(first.tools.map(({ stateful }) => stateful)).toEqual([
      "files, variables and running programs",
      "files and variables",
      "files",
    ]);
    await call(first, "bash", {
      command: "mkdir -p a && echo hello > 'a/b c.txt' && chmod 700 a && ln -s 'b c.txt' a/link",
    });
    await first.close();
    const second = await openToolSet(["bash", "python", "editor"], { workspace });
    expect(second.tools.map(({ stateful }) => stateful)).toEqual([
      "variables and running programs",
      "variables",
      undefined,
    ]);
    expect(await call(second, "bash", { command: "cat a/link; stat -c %a a; ls -A /tmp" })).toBe("hello\n700");
    await second.close();
  });

  test("a sandbox that dies is followed by one with the files as they were last saved", async () => {
    const workspace = join(dir, "lost", "workspace");
    await using set = await closing(openToolSet(["bash", "python", "editor"], { workspace }));
    await call(set, "bash", { command: "echo precious > result.txt" });
    expect(await call(set, "bash", { command: "kill -9 $PPID; kill -9 -1; sleep 5" })).toMatch(
      /\/work as it was last saved/,
    );
    expect(await call(set, "bash", { command: "cat result.txt" })).toBe("precious");
    expect(await call(set, "python", { code: "import os\nos.kill(os.getppid(), 9)" })).toMatch(/last saved/);
    expect(await call(set, "file_editor", { command: "view", path: "result.txt" })).toMatch(/precious/);
    await using next = await closing(openToolSet(["bash"], { workspace }));
    expect(await call(next, "bash", { command: "cat result.txt" })).toBe("precious");
  });

  test("a store that cannot be written is told with results and errors alike, until it can", async () => {
    const store = openWorkspaceStore();
    let full = true;
    const workspace: WorkspaceStore = {
      ...store,
      async name(name, snapshot) {
        if (full) throw new Error("ENOSPC: no space left on device");
        await store.name(name, snapshot);
      },
    };
    await using set = await closing(openToolSet(["bash", "editor"], { workspace }));
    const told = /not kept, should the sandbox end: The workspace cannot be kept: ENOSPC.*; make room\]$/;
    expect(await call(set, "bash", { command: "echo 1 > x" })).toMatch(told);
    await expect(call(set, "file_editor", { command: "view", path: "nothing" })).rejects.toThrow(told);
    full = false;
    expect(await call(set, "bash", { command: "true" })).toBe("[no output]");
    expect([...(await store.load("latest"))!.keys()]).toEqual(["x"]);
  });

  test("what cannot be kept is told, and not kept, rather than an older state", async () => {
    const workspace = openWorkspaceStore(join(dir, "large", "workspace"));
    await using set = await closing(openToolSet(["bash"], { workspace }));
    expect(await call(set, "bash", { command: "echo small > x" })).toBe("[no output]");
    expect(await workspace.load("latest")).toBeDefined();
    expect(await call(set, "bash", { command: "mkdir many; cd many; seq 21000 | xargs touch" })).toMatch(
      /\[The files of \/work are not kept, should the sandbox end: \/work has more than 20000 files/,
    );
    expect(await workspace.load("latest")).toBeUndefined();
    expect(await call(set, "bash", { command: "cd ..; rm -r many" })).toBe("[no output]");
    expect([...(await workspace.load("latest"))!.keys()]).toEqual(["x"]);
  });
});
