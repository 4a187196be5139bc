// Follows docs/training.md from one's own text to a chat: its commands, in its order, with fewer steps of training.
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { main, root } from "./support/cachalot.js";

const run = promisify(execFile);
const STEPS = 40;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-own-text-"));
  await cp(join(root, "recipes", "own-text"), join(dir, "recipes", "own-text"), { recursive: true });
  await symlink(join(root, "models"), join(dir, "models"));
  const path = join(dir, "recipes", "own-text", "train.json");
  const recipe = JSON.parse(await readFile(path, "utf8")) as { stages: { steps: number }[] };
  for (const stage of recipe.stages) stage.steps = STEPS;
  await writeFile(path, JSON.stringify(recipe));
});
afterAll(() => rm(dir, { recursive: true }));

/** The commands of the guide, as lists of words. */
async function commandsOfGuide(): Promise<string[][]> {
  const page = await readFile(join(root, "docs", "training.md"), "utf8");
  const [, block] = /^## A quarter of an hour.*?^```\n(.*?)^```$/ms.exec(page)!;
  return block!
    .trim()
    .split("\n")
    .map((line) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!).slice(1));
}

test("the guide leads from a text file to a model that answers questions about it", async () => {
  const outputs = new Map<string, string>();
  for (const words of await commandsOfGuide()) {
    // `chat` waits for someone to type; `generate` asks the same model.
    if (words[0] === "chat") continue;
    const { stdout } = await run(process.execPath, [main, ...words], { cwd: dir });
    outputs.set(words[0]!, stdout);
  }
  expect([...outputs.keys()]).toEqual(["prepare", "train", "evaluate", "generate", "report"]);
  expect(outputs.get("generate")).toContain("behind the door");
  const losses = [...outputs.get("evaluate")!.matchAll(/^ {2}chat +loss ([\d.]+)/gm)].map(([, loss]) => Number(loss));
  expect(losses).toHaveLength(2);
  expect(losses[1]).toBeLessThan(losses[0]! / 10);
}, 300_000);
