/** An agent on the user's own folder: copied in, mended, shown as a diff, applied on approval. */
import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScriptedModel } from "@cachalot/chat";
import { sandboxUnavailableReason } from "@cachalot/sandbox";
import { createServer, type RunningServer } from "@cachalot/server";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { cachalot } from "./support/cachalot.js";
import { atTerminal, CTRL_C } from "./support/terminal.js";

const reason = await sandboxUnavailableReason();
const required = process.env.CACHALOT_REQUIRE?.split(",").includes("sandbox") === true;

// Each test starts several processes, which take long on a busy machine.
vi.setConfig({ testTimeout: 240_000 });

let dir: string;
let folder: string;
let host: RunningServer;

/** Runs the test, reads the code, mends it, runs the test again; what it says at last is what the test said. */
const script = createScriptedModel({
  id: "mender",
  contextLength: 131_072,
  turns: ({ messages }) => {
    const results = messages.flatMap(({ role, content }) => (role === "tool" ? [content] : []));
    const bash = (command: string) => ({ name: "bash", arguments: { command } });
    const edit = { command: "str_replace", path: "sum.js", old_str: "a - b", new_str: "a + b" };
    const turns = [
      { reasoning: "See what fails.", toolCalls: [bash("node --test 2>&1 | grep -E '^# (pass|fail)'; ls -A")] },
      { reasoning: "A minus.", toolCalls: [{ name: "file_editor", arguments: edit }] },
      {
        reasoning: "Again, and a note.",
        toolCalls: [
          bash(
            "node --test 2>&1 | grep -E '^# (pass|fail)'; echo mended > notes.txt; mkdir -p dist; echo x > dist/built.js",
          ),
        ],
      },
    ];
    return turns[results.length] ?? { reasoning: "Green.", content: `First: ${results[0]} Then: ${results[2]}` };
  },
});

beforeAll(async () => {
  host = await createServer({ port: 0, chat: script });
});
afterAll(async () => {
  await host.close();
});
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-workspace-"));
  folder = join(dir, "package");
  await mkdir(join(folder, ".git"), { recursive: true });
  await writeFile(join(folder, ".git", "config"), "[core]");
  await writeFile(join(folder, ".gitignore"), "dist/\n.env\n");
  await writeFile(join(folder, ".env"), "SECRET=1");
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  await writeFile(join(folder, "sum.js"), "export const sum = (a, b) => a - b;\n");
  await writeFile(
    join(folder, "sum.test.js"),
    'import assert from "node:assert";\nimport test from "node:test";\nimport { sum } from "./sum.js";\ntest("sum", () => assert.equal(sum(2, 3), 5));\n',
  );
  return () => rm(dir, { recursive: true, force: true });
});

const runs = () => ["--dir", join(dir, "runs")];
const agent = (...more: string[]) => [
  ...["agent", "Fix the failing test", "--workspace", folder, "--upstream", `${host.url}/v1`],
  ...runs(),
  ...more,
];
const runIdIn = (output: string): string => /run (\d{8}-\d{6}-\w+)/.exec(output)![1]!;
const sum = () => readFile(join(folder, "sum.js"), "utf8");
const testOf = () => execFileSync(process.execPath, ["--test"], { cwd: folder, encoding: "utf8" });

describe.skipIf(reason !== undefined && !required)(`with a sandbox (${reason ?? "here"})`, () => {
  test("the test is green inside, the diff is shown, and it is applied when the user says so", async () => {
    const terminal = atTerminal(agent());
    await terminal.see("Apply these changes (2 files)");
    expect(await sum()).toContain("a - b");
    for (const shown of [
      "# fail 1",
      "# pass 1",
      "-export const sum = (a, b) => a - b;",
      "+export const sum = (a, b) => a + b;",
    ])
      expect(terminal.output).toContain(shown);
    await terminal.see("[y/N]");
    terminal.type("y\r");
    expect(await terminal.ended).toBe(0);
    expect(await sum()).toContain("a + b");
    expect(testOf()).toMatch(/pass 1/);
    // What .gitignore names is neither given nor taken; git's own files are not touched.
    expect((await readdir(folder)).toSorted()).toEqual(
      [".env", ".git", ".gitignore", "notes.txt", "package.json", "sum.js", "sum.test.js"].toSorted(),
    );
    const { stdout } = await cachalot(["show", runIdIn(terminal.output), ...runs()]);
    expect(stdout).not.toContain(".env");
  });

  test("without a word nothing is applied; the patch and the changes can be had later", async () => {
    const left = await cachalot(agent());
    expect(left.status).toBe(0);
    const runId = runIdIn(left.stderr);
    expect(left.stderr).toContain(`cachalot apply ${runId} applies it`);
    expect(await sum()).toContain("a - b");
    const { stdout: patch } = await cachalot(["show", runId, "--diff", ...runs()]);
    execFileSync("git", ["apply", "--check", "-"], { cwd: folder, input: patch });
    // A conflict is told, by name, and then nothing at all is applied.
    const before = await sum();
    await writeFile(join(folder, "sum.js"), `// mine\n${before}`);
    const refused = await cachalot(["apply", runId, ...runs()]);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/sum\.js: was changed on this machine meanwhile[\s\S]*nothing was applied/);
    expect(await readdir(folder)).not.toContain("notes.txt");
    await writeFile(join(folder, "sum.js"), before);
    expect((await cachalot(["apply", runId, ...runs()])).status).toBe(0);
    expect(testOf()).toMatch(/pass 1/);
  });

  test("--apply is for scripts; a changed mind at the question leaves all as it was", async () => {
    const asked = atTerminal(agent());
    await asked.see("[y/N]");
    asked.type(CTRL_C);
    expect(await asked.ended).toBe(130);
    expect(await sum()).toContain("a - b");
    await chmod(join(folder, "sum.js"), 0o755);
    const { status, stderr } = await cachalot(agent("--apply"));
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining("Applied to") });
    expect(testOf()).toMatch(/pass 1/);
  });
});

test("flags that make no sense with a folder are refused before anything is begun", async () => {
  const cases: [string[], RegExp][] = [
    [agent("--tools", "calculator"), /needs a tool that sees files/],
    [agent("--trajectories", "2"), /is for one trajectory/],
    [["agent", "x", "--apply", ...runs()], /--apply belongs to --workspace DIR/],
    [["agent", "x", "--workspace", join(dir, "nowhere"), ...runs()], /is no folder/],
  ];
  for (const [args, message] of cases) {
    const { status, stderr } = await cachalot(args);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
  }
});
