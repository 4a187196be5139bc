import { mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GATES } from "../gates/index.js";
import { taskConfig } from "../harbor/task-config.js";
import { writeTaskFolder } from "../harbor/task-folder.js";
import { type TaskFolder, textFiles } from "../task.js";
import { answerTask } from "../testing/answer-task.js";
import { withSandbox } from "../testing/with-sandbox.js";
import { checkTasks, findTasks } from "./check-directory.js";
import { checkTask } from "./check-task.js";

const reward = (value: string) => `echo ${value} > /logs/verifier/reward.txt`;
const tests = (script: string, more: Record<string, string> = {}) => ({
  tests: textFiles({ "test.sh": script, ...more }),
});
const solution = (script: string) => ({ solution: textFiles({ "solve.sh": script }) });
const environment = (dockerfile: string, more: Record<string, string> = {}) => ({
  environment: textFiles({ Dockerfile: `FROM debian\nWORKDIR /app\n${dockerfile}`, ...more }),
});
const limits = (seconds: number) => ({
  config: taskConfig({ verifier: { timeout_sec: seconds }, agent: { timeout_sec: seconds } }),
});

const judged = (right: string, wrong = "rule: it is not so") =>
  `if ${right}; then ${reward("1")}; echo right; else ${reward("0")}; echo "${wrong}"; fi`;

/** A function to be written in a module that is there. */
const CODE: Partial<TaskFolder> = {
  instruction: "Mend clamp in /app/clamp.mjs: values above the upper bound must become the bound.",
  ...environment("COPY clamp.mjs /app/\n", {
    "clamp.mjs": "export function clamp(value, low, high) {\n  return Math.max(value, low);\n}\n",
  }),
  ...tests(judged("node /tests/clamp.mjs"), {
    "clamp.mjs":
      'import { clamp } from "/app/clamp.mjs";\nfor (const [value, wanted] of [[5, 3], [2, 2], [0, 1]])\n' +
      "  if (clamp(value, 1, 3) !== wanted) { console.log('rule clamp', value); process.exit(1); }\n",
  }),
  ...solution("sed -i 's/Math.max(value, low)/Math.min(Math.max(value, low), high)/' /app/clamp.mjs\n"),
};

/** A file of a project's tests, and that which tests lay over it. */
const FIXTURE = { "data/one.expected": "one two three\n", "data/one": "one two three\n" };
const LAID_OVER = { "files/data/one.expected": "one two three\n", "files/data/one": "one two three\n" };

/** Kinds of bad tasks: what is planted, and the gate that must name it. */
const PLANTED: [kind: string, gate: string, why: RegExp, changes: Partial<TaskFolder>][] = [
  ["a verifier that is content with nothing", "no-op", /scores 1, not 0/, tests(`${reward("1")}; echo fine`)],
  [
    "a verifier true of the environment as it is",
    "no-op",
    /scores 1/,
    {
      ...environment("RUN echo 6765 > /app/answer.txt\n"),
    },
  ],
  ["a verifier without a verdict", "no-op", /neither .*reward.txt nor reward.json/, tests("echo hello")],
  ["a verdict that is no number", "no-op", /reward.txt is no number: NaN/, tests(reward("NaN"))],
  [
    "a reference that does not solve it",
    "reference",
    /exit code 0.* scores 0, not 1/,
    solution("echo 6766 > /app/answer.txt"),
  ],
  ["a reference that fails", "reference", /exit code 3/, solution("exit 3")],
  ["no reference", "format", /no solution\/solve.sh/, { solution: new Map() }],
  ["no verifier", "format", /no tests\/test.sh/, { tests: textFiles({ "check.py": "" }) }],
  [
    "a verifier that any answer contents",
    "mutation",
    /mutated solutions still score 1/,
    tests(judged("[ -s /app/answer.txt ]")),
  ],
  [
    "a verifier that does not say what is wrong",
    "mutation",
    /does not say what is wrong/,
    tests(`if grep -qx 6765 /app/answer.txt 2>/dev/null; then ${reward("1")}; else ${reward("0")}; fi`),
  ],
  [
    "tests that hold for half of the change",
    "mutation",
    /hunk|still score 1/,
    {
      ...CODE,
      ...tests(judged("! grep -q 'return Math.max(value, low);' /app/clamp.mjs")),
    },
  ],
  [
    "an answer in the instruction",
    "leak",
    /answer is in instruction.md: 6765/,
    {
      instruction: "Write the twentieth Fibonacci number, 6765, to /app/answer.txt.",
    },
  ],
  [
    "an answer in the environment",
    "leak",
    /a file of the environment: \/app\/notes/,
    environment("COPY notes /app/\n", { notes: "6765\n" }),
  ],
  ["an answer in a variable", "leak", /variable HINT/, environment("ENV HINT='it is 6765'\n")],
  [
    "a solution in the environment",
    "leak",
    /solution\/solve.sh is in the environment/,
    {
      ...environment("COPY old /app/\n", { old: "printf '%s\\n' 6765 > /app/answer.txt" }),
      ...solution("printf '%s\\n' 6765 > /app/answer.txt"),
    },
  ],
  [
    "an expected output in the environment",
    "leak",
    /tests\/files\/data\/one.expected is in the environment/,
    {
      ...environment("COPY data/ /app/data/\n", FIXTURE),
      ...tests(judged("grep -qx 6765 /app/answer.txt 2>/dev/null"), LAID_OVER),
    },
  ],
  [
    "a line of the patch in the instruction",
    "leak",
    /line of the solution is in instruction.md/,
    {
      ...CODE,
      instruction: `${CODE.instruction} Use return Math.min(Math.max(value, low), high); there.`,
    },
  ],
  [
    "a repository with a later commit",
    "history",
    /2 commits/,
    environment(
      "RUN git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m one && " +
        "git -c user.name=a -c user.email=a@b commit -q --allow-empty -m two && git reset -q --hard HEAD~1\n",
    ),
  ],
  [
    "a tool that leads to the verifier",
    "isolation",
    /MCP server judge leads to the verifier/,
    {
      config: taskConfig({
        environment: {
          mcp_servers: [{ name: "judge", transport: "stdio", command: "python3", args: ["/tests/serve.py"] }],
        },
      }),
    },
  ],
  [
    "a verifier that believes a script of the agent's",
    "isolation",
    /empties the tests in its own folders, scores 1/,
    {
      ...environment("COPY check.sh /app/\n", {
        "check.sh": "[ $(cat /app/answer.txt 2>/dev/null || echo 0) -eq $((6000 + 765)) ]\n",
      }),
      ...tests(judged("bash /app/check.sh")),
    },
  ],
  [
    "a verifier that rolls dice",
    "flake",
    /repeats differ/,
    tests(judged('grep -qx 6765 /app/answer.txt 2>/dev/null && [ -z "$TZ" ]')),
  ],
  [
    "a file that nobody asked for",
    "hidden-requirements",
    /tests use fib.dat/,
    {
      instruction: "Write the twentieth Fibonacci number to a file.",
      ...tests(judged("grep -qx 6765 /app/fib.dat 2>/dev/null")),
      ...solution("echo 6765 > /app/fib.dat"),
    },
  ],
  [
    "a name that nobody states",
    "hidden-requirements",
    /tests use clampToRange/,
    {
      ...CODE,
      ...tests(judged("node /tests/clamp.mjs"), {
        "clamp.mjs":
          'const m = await import("/app/clamp.mjs");\nif (m.clampToRange?.(5, 1, 3) !== 3) process.exit(1);\n',
      }),
      ...solution(
        "sed -i 's/clamp(/clampToRange(/; s/Math.max(value, low)/Math.min(Math.max(value, low), high)/' /app/clamp.mjs\n",
      ),
    },
  ],
  [
    "an image of somebody's",
    "environment",
    /line 1, FROM ghcr.io\/someone\/image/,
    {
      environment: textFiles({ Dockerfile: "FROM ghcr.io/someone/image:1\n" }),
    },
  ],
  [
    "a download",
    "environment",
    /line 3.*RUN curl.*without network/,
    environment("RUN curl -sSf https://example.invalid/\n"),
  ],
];

withSandbox("planted bad tasks", () => {
  test("code that is mended passes every gate", async () => {
    expect(await checkTask(answerTask(CODE))).toEqual({ task: "fibonacci", passed: true, failures: [] });
  });

  test("a fixture that the tests put back where the agent saw it is no leak", async () => {
    const put = { ...LAID_OVER, "replaced.txt": "data/one\ndata/one.expected\n" };
    const task = { ...environment("COPY data/ /app/repo/data/\n", FIXTURE), ...tests(reward("0"), put) };
    const gates = GATES.filter(({ name }) => name === "leak");
    expect(await checkTask(answerTask(task), { gates })).toMatchObject({ passed: true });
    const elsewhere = { ...task, ...environment("COPY data/ /app/\n", FIXTURE) };
    expect(await checkTask(answerTask(elsewhere), { gates })).toMatchObject({ passed: false });
  });

  test.each(PLANTED)("%s is caught, by the gate %s", async (_, gate, why, changes) => {
    const upToIt = GATES.slice(0, GATES.findIndex(({ name }) => name === gate) + 1);
    const { failures } = await checkTask(answerTask(changes), { gates: upToIt });
    expect(failures).toContainEqual({ gate, why: expect.stringMatching(why) });
  });

  test("tasks that ask the same, or have one patch, are named with the first", async () => {
    const seen = { texts: new Map<string, string>(), patches: new Map<string, string>() };
    await checkTask(answerTask(CODE), { seen });
    const again = await checkTask(answerTask({ ...CODE, name: "twin" }), { seen });
    expect(again.failures).toEqual([
      { gate: "duplicates", why: "it asks the same as fibonacci" },
      { gate: "duplicates", why: "its solution is the patch of fibonacci" },
    ]);
  });
});

withSandbox("hostile tasks", () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "cachalot-hostile-"));
  });
  afterAll(() => rm(dir, { recursive: true }));

  const HOSTILE: [kind: string, gate: string, why: RegExp, changes: Partial<TaskFolder>][] = [
    ["a test without an end", "no-op", /ran into its time limit/, { ...tests("while :; do :; done"), ...limits(1) }],
    [
      "a fork bomb",
      "no-op",
      /time limit|without an end|lost|neither/,
      { ...tests("bomb() { bomb | bomb & }; bomb; sleep 30"), ...limits(2) },
    ],
    [
      "a line of 100 MB",
      "no-op",
      /wrote without an end/,
      { ...tests("head -c 100000000 /dev/zero | tr '\\0' a"), ...limits(20) },
    ],
    [
      "a bomb of an archive",
      "environment",
      /space|large|limit|exit code|more than/i,
      {
        ...environment("RUN head -c 2000000000 /dev/zero > /app/zeros\n"),
        config: taskConfig({ environment: { storage_mb: 64 } }),
      },
    ],
    ["a file behind a path that leads out", "environment", /line 3/, environment("COPY ../../etc/passwd /app/\n")],
    [
      "a target that leads out",
      "environment",
      /cannot be written without a container/,
      environment("COPY x /app/../etc/passwd\n"),
    ],
  ];

  test.each(HOSTILE)("%s costs its own line, and nothing else", async (kind, gate, why, changes) => {
    const name = kind.replaceAll(" ", "-");
    await writeTaskFolder(answerTask({ ...changes, name }), join(dir, name, name));
    await writeTaskFolder(answerTask(), join(dir, name, "z-good"));
    const checked = [];
    for await (const task of checkTasks(await findTasks(join(dir, name)), { repeats: 1, mutants: 2 }))
      checked.push(task);
    expect(checked).toEqual([
      { task: name, passed: false, failures: expect.arrayContaining([{ gate, why: expect.stringMatching(why) }]) },
      { task: "z-good", passed: true, failures: [] },
    ]);
  });

  test("files that cannot be read cost their task", async () => {
    const folder = join(dir, "unreadable");
    for (const name of ["a-link", "b-long", "c-empty", "d-good"])
      await writeTaskFolder(answerTask(), join(folder, name));
    await symlink("/etc", join(folder, "a-link", "tests", "etc"));
    await writeFile(join(folder, "b-long", "instruction.md"), "");
    await truncate(join(folder, "b-long", "instruction.md"), 100_000_000);
    await rm(join(folder, "c-empty", "task.toml"));
    const checked = [];
    for await (const task of checkTasks(await findTasks(folder), { repeats: 1, mutants: 2 })) checked.push(task);
    const format = (why: RegExp) => [{ gate: "format", why: expect.stringMatching(why) }];
    expect(checked).toEqual([
      { task: "a-link", passed: false, failures: format(/no plain file/) },
      { task: "b-long", passed: false, failures: format(/100000000 bytes/) },
      { task: "c-empty", passed: false, failures: format(/task.toml cannot be read/) },
      { task: "d-good", passed: true, failures: [] },
    ]);
  });
});
