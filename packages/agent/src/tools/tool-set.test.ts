import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withSandbox } from "../testing/with-sandbox.js";
import { openToolSet, type ToolSet } from "./tool-set.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-tools-"));
});
afterAll(() => rm(dir, { recursive: true }));

const names = ({ tools }: ToolSet) => tools.map(({ definition }) => definition.function.name);
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
    const workFile = join(dir, "run", "work.tar.gz");
    const first = await openToolSet(["bash", "python", "editor"], { workFile });
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
    const second = await openToolSet(["bash", "python", "editor"], { workFile });
    expect(second.tools.map(({ stateful }) => stateful)).toEqual([
      "variables and running programs",
      "variables",
      undefined,
    ]);
    expect(await call(second, "bash", { command: "cat a/link; stat -c %a a; ls -A /tmp" })).toBe("hello\n700");
    await second.close();
  });

  test("what is too large to keep is not kept, rather than an older state", async () => {
    const workFile = join(dir, "large", "work.tar.gz");
    const set = await openToolSet(["bash"], { workFile });
    await call(set, "bash", { command: "echo small > x" });
    expect((await stat(workFile)).size).toBeGreaterThan(0);
    await call(set, "bash", { command: "head -c 20000000 /dev/urandom > large" });
    await expect(stat(workFile)).rejects.toThrow("ENOENT");
    await set.close();
  });
});
