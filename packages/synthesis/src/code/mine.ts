/** Mining: a candidate's trees to a task, stage by stage; a stage that fails drops the candidate with its reason. */

import type { ItemContext } from "../pipeline.js";
import type { TaskFolder } from "../task.js";
import type { Candidate, CandidateTrees } from "./candidates/candidate.js";
import { Drop } from "./drop.js";
import { judge, type TestResults, type Verdict } from "./judge/verdict.js";
import { languageOf } from "./languages/index.js";
import type { Language, TestPlan } from "./languages/language.js";
import type { Packager } from "./packages/package.js";
import { hiddenNames } from "./prompt/hidden-names.js";
import { rewritten, statementOf, writePrompt } from "./prompt/write-prompt.js";
import { openWorkbench } from "./run/workbench.js";
import { type MinedTask, taskFolderOf } from "./task-folder.js";
import { sourceTree } from "./trees/source-tree.js";
import { type SplitChange, splitChange } from "./trees/split-change.js";

/** Of all tests, the share that may change from run to run. */
const MAX_FLAKE_RATE = 0.05;
/** What a verifier may take: suites beyond it are left out, those that must turn first. */
const SUITES_MS = 10_000;

type Stage = ItemContext["stage"];

export interface MiningLimits {
  /** What a suite may take; less where its language says so. */
  suiteSeconds: number;
}

/** @returns undefined where a stage dropped it */
export async function mine(
  candidate: Candidate,
  packager: Packager,
  limits: MiningLimits,
  context: ItemContext,
): Promise<TaskFolder | undefined> {
  const { stage } = context;
  const read = await stage("read", async () => splitTrees(await candidate.read()));
  if (!read) return undefined;
  const measured = await test(read, packager, limits, stage);
  if (!measured) return undefined;
  return stage("write", async () => {
    const described = await describe(candidate, read, measured, context);
    return taskFolderOf(
      {
        candidate,
        ...read,
        ...read.trees,
        ...measured,
        ...described,
        tested: read.split.tested,
        base: read.trees.before,
      },
      packager,
    );
  });
}

interface Read {
  trees: CandidateTrees;
  language: Language;
  split: SplitChange;
}

function splitTrees(trees: CandidateTrees): Read {
  const language = languageOf([...trees.after.keys()]);
  if (!language) throw new Drop("unknown-language", [...trees.after.keys()].slice(0, 5).join(", "));
  return { trees, language, split: splitChange(language, trees.before, trees.after) };
}

type Measured = Pick<MinedTask, "installation" | "plan" | "verdict" | "testMs">;

async function test(
  { trees, language, split }: Read,
  packager: Packager,
  { suiteSeconds }: MiningLimits,
  stage: Stage,
): Promise<Measured | undefined> {
  const { store, before } = trees;
  const tested = sourceTree(store, split.solved);
  const installed = await stage("install", async () => {
    const changed = split.tests.map(({ path }) => path);
    const plan = withLimit(await language.plan(tested, changed), suiteSeconds);
    if (plan.suites.length === 0)
      throw new Drop("no-tests", `none of its ${split.tests.length} changed test files is run by a known framework`);
    const installation = await language.install(tested, packager);
    const workbench = await openWorkbench(store, before, installation, language.programs, packager);
    return { plan, installation, workbench };
  });
  if (!installed) return undefined;
  const { plan, installation, workbench } = installed;
  try {
    return await stage("test", async () => {
      const run = (changes: typeof split.tests, shuffle?: number) => workbench.test(store, changes, plan, shuffle);
      const solved = [...split.tests, ...split.source];
      const after = [await run(solved)];
      checkAfter(after[0]!);
      const befores = [await run(split.tests)];
      let verdict = judge([], befores, after);
      checkVerdict(verdict);
      // Only where something was missing before does the parent, with its own tests, tell more.
      const parent =
        verdict.missingBefore > 0
          ? [
              await workbench.test(
                store,
                [],
                withLimit(await language.plan(sourceTree(store, before), []), suiteSeconds),
              ),
            ]
          : [];
      after.push(await run(solved, 1));
      verdict = judge(parent, befores, after);
      checkVerdict(verdict);
      return { installation, ...bounded(plan, verdict, after[0]!) };
    });
  } finally {
    await workbench.close();
  }
}

const withLimit = (plan: TestPlan, seconds: number): TestPlan => ({
  ...plan,
  suites: plan.suites.map((suite) => ({ ...suite, timeoutSec: Math.min(seconds, suite.timeoutSec ?? seconds) })),
});

function checkAfter(results: TestResults): void {
  const failed = results.build.find(({ exit, ended }) => exit !== 0 || ended !== "exit");
  const count = results.suites.reduce((sum, { tests }) => sum + Object.keys(tests).length, 0);
  if (count > 0) return;
  if (failed) throw new Drop("build-failed", `${failed.command}: ${failed.tail.slice(-300)}`);
  const slow = results.suites.find(({ ended }) => ended === "timeout" || ended === "output");
  if (slow) throw new Drop(slow.ended === "timeout" ? "timeout" : "too-large", `${slow.name} ended by ${slow.ended}`);
  throw new Drop(
    "no-results",
    results.suites.map(({ tail }) => tail.trim().slice(-200)).find(Boolean) ?? "nothing was printed",
  );
}

function checkVerdict({ failToPass, passToFail, flaky, flakeRate }: Verdict): void {
  if (flakeRate > MAX_FLAKE_RATE)
    throw new Drop("flaky", `${flaky.length} tests change: ${flaky.slice(0, 3).join(", ")}`);
  if (passToFail.length > 0)
    throw new Drop("pass-to-fail", `${passToFail.length} tests: ${passToFail.slice(0, 3).join(", ")}`);
  if (failToPass.length === 0)
    throw new Drop("no-fail-to-pass", "every new test passes without the reference patch, or fails with it");
}

/** Keeps the suites that must turn, and as many others as the time allows. */
function bounded(plan: TestPlan, verdict: Verdict, after: TestResults): Omit<Measured, "installation"> {
  const took = new Map(after.suites.map(({ name, ms }) => [name, ms]));
  const suiteOf = (test: string) => plan.suites.find(({ name }) => test.startsWith(`${name} > `))?.name;
  const turned = new Set(verdict.failToPass.map(suiteOf));
  const telling = new Set(verdict.passToPass.map(suiteOf));
  let ms = after.build.reduce((sum, step) => sum + step.ms, 0);
  const chosen = new Set<string | undefined>();
  const inOrder = [...plan.suites].sort((a, b) => Number(turned.has(b.name)) - Number(turned.has(a.name)));
  for (const { name } of inOrder) {
    if (!turned.has(name) && (!telling.has(name) || ms + took.get(name)! > SUITES_MS)) continue;
    ms += took.get(name) ?? 0;
    chosen.add(name);
  }
  const kept = (tests: readonly string[]) => tests.filter((test) => chosen.has(suiteOf(test)));
  return {
    plan: { ...plan, suites: plan.suites.filter(({ name }) => chosen.has(name)) },
    verdict: { ...verdict, passToPass: kept(verdict.passToPass) },
    testMs: ms,
  };
}

type Described = Pick<
  MinedTask,
  "patch" | "testPatch" | "patchId" | "prompt" | "promptSource" | "licence" | "createdAt"
>;

async function describe(
  candidate: Candidate,
  { trees, language, split }: Read,
  { verdict }: Measured,
  { model, signal }: Pick<ItemContext, "model" | "signal">,
): Promise<Described> {
  const { store, before, texts, licence, createdAt } = trees;
  const ids = [];
  for (const tree of [before, split.tested, split.solved]) ids.push(await store.writeTree(tree));
  const [base, tested, solved] = ids as [string, string, string];
  const [testPatch, patch] = [await store.diff(base, tested), await store.diff(tested, solved)];
  const parts = statementOf(texts, candidate.source.name);
  const statement = model ? await rewritten(parts.statement, patch, model, signal) : parts.statement;
  const known = await knownText(trees, language);
  const names = hiddenNames(testPatch, patch, `${known}\n${statement}`);
  return {
    ...{ patch, testPatch, patchId: await store.patchId(patch), licence, createdAt },
    prompt: writePrompt({
      ...{ language: language.name, name: candidate.source.name, statement, names },
      failing: verdict.failToPass,
    }),
    promptSource: model ? "model" : parts.source,
  };
}

/** The base tree's sources and old tests. */
async function knownText({ store, before }: CandidateTrees, language: Language): Promise<string> {
  const tree = sourceTree(store, before);
  const paths = tree.paths.filter(
    (path) => language.isTest(path) || language.isSource(path) || /\.(md|rst|txt)$/.test(path),
  );
  const texts = [];
  for (const path of paths) texts.push(path, await tree.read(path));
  return texts.join("\n");
}
