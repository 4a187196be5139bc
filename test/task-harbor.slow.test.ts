/** Task folders in Harbor: its own loader, trials, agents and verifier run them, with our sandbox in the place of its containers. */

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sandboxUnavailableReason } from "@cachalot/sandbox";
import { expect, test } from "vitest";
import { commitFiles } from "../packages/synthesis/src/code/testing/repository.js";
import { cachalot } from "./support/cachalot.js";
import { harborPython } from "./support/install-harbor.mjs";

const required = process.env.CACHALOT_REQUIRE?.split(",").includes("harbor") === true;
const noHarbor =
  existsSync(harborPython) || required
    ? undefined
    : "Harbor is not installed: node test/support/install-harbor.mjs, with Python 3.12 or later on PATH";
const missing = (await sandboxUnavailableReason()) ?? noHarbor;

const ADD = "const assert = require('assert');\nconst { add } = require('../lib/add');\n";

/** A repository whose last commit mends a function and tests it. */
async function repository(directory: string): Promise<string> {
  const before = {
    "lib/add.js": "exports.add = (a, b) => a - b;\n",
    "test/add.js": `${ADD}assert.equal(add(0, 0), 0);\n`,
  };
  const after = {
    "lib/add.js": "exports.add = (a, b) => a + b;\n",
    "test/add.js": `${ADD}assert.equal(add(1, 2), 3);\nassert.equal(add(5, -7), -2);\n`,
  };
  await commitFiles(directory, { "package.json": "{}", ...before });
  await commitFiles(directory, after, "Add numbers, do not subtract them");
  return directory;
}

/** Makes tasks with a command and copies them to a folder of all. @returns their names */
async function make(args: readonly string[], out: string, all: string): Promise<string[]> {
  const { stdout, stderr } = await cachalot(["tasks", ...args, "--out", out, "--json"]);
  expect(stderr).not.toContain("Error");
  const { tasks } = JSON.parse(stdout) as { tasks: string[] };
  for (const task of tasks) await cp(join(out, task), join(all, task), { recursive: true });
  return tasks;
}

interface TrialResult {
  task_name: string;
  verifier_result: { rewards: { reward: number } } | null;
  exception_info: { exception_type: string; exception_message: string } | null;
}

/** A job of Harbor's with one of its own agents. @returns by task, the reward, or what went wrong */
async function rewards(agent: "oracle" | "nop", tasks: string, home: string): Promise<Record<string, unknown>> {
  const jobs = join(home, "jobs");
  const environment = ["--env", "cachalot_environment:CachalotEnvironment", "--n-concurrent", "2"];
  const job = ["--path", tasks, "--agent", agent, "--jobs-dir", jobs, "--job-name", agent, "--yes", "--quiet"];
  await promisify(execFile)(join(dirname(harborPython), "harbor"), ["run", ...job, ...environment], {
    cwd: home,
    env: {
      ...process.env,
      HOME: home,
      HARBOR_TELEMETRY: "off",
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      PYTHONPATH: fileURLToPath(new URL("support/harbor", import.meta.url)),
    },
  });
  const found: Record<string, unknown> = {};
  for (const entry of await readdir(join(jobs, agent), { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const text = await readFile(join(jobs, agent, entry.name, "result.json"), "utf8");
    const { task_name, verifier_result, exception_info } = JSON.parse(text) as TrialResult;
    found[task_name] = exception_info ?? verifier_result?.rewards.reward;
  }
  return found;
}

test("Harbor runs tasks of every kind: its oracle agent earns 1, its nop agent 0", async ({ skip }) => {
  skip(missing !== undefined, missing);
  const dir = await mkdtemp(join(tmpdir(), "cachalot-task-harbor-"));
  try {
    const all = join(dir, "all");
    const world = ["--set", 'worlds=["library-loans"]', "--set", "density=0.001"];
    const names = [
      ...(await make(["synthesise", "interpreter", "--count", "2"], join(dir, "interpreter"), all)),
      ...(await make(["synthesise", "general", "--count", "1", ...world], join(dir, "general"), all)),
      ...(await make(["synthesise", "search", "--corpus", "generated:400", "--count", "1"], join(dir, "search"), all)),
      ...(await make(["mine", "--git", await repository(join(dir, "sums")), "--limit", "1"], join(dir, "code"), all)),
    ];
    expect(names).toHaveLength(5);
    const each = (reward: number) => Object.fromEntries(names.map((name) => [`cachalot/${name}`, reward]));
    expect(await rewards("oracle", all, dir)).toEqual(each(1));
    expect(await rewards("nop", all, dir)).toEqual(each(0));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}, 1_800_000);
