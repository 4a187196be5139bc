/** Code pipeline: seeds are commits and version pairs; each becomes one task or is dropped with its reason. */

import { join } from "node:path";
import * as z from "zod";
import { definePipeline, type Seed } from "../pipeline.js";
import type { Candidate } from "./candidates/candidate.js";
import { type GitCommit, gitCandidate, gitCommits, repositoryName } from "./candidates/git-commits.js";
import { readIssues } from "./candidates/issues.js";
import { type NpmPair, npmCandidate, npmPairs } from "./candidates/npm-pairs.js";
import { readSweBench, sweBenchCandidate } from "./candidates/swe-bench-candidate.js";
import { Drop, type DropReason } from "./drop.js";
import { mine } from "./mine.js";
import { openPackager, type Packager } from "./packages/package.js";
import type { SweBenchInstance } from "./swe-bench.js";

const version = z.strictObject({ version: z.string(), integrity: z.string() });

const options = z.strictObject({
  /** Repositories of this machine, with their whole history. */
  git: z.array(z.string()).default([]),
  /** Package names. */
  npm: z.array(z.string()).default([]),
  /** Version pairs by hash, as a recipe lists them. */
  pairs: z.array(z.strictObject({ name: z.string(), from: version, to: version })).default([]),
  /** A file of SWE-bench instances: each is taken from the repository of `git` that has its base commit's name. */
  sweBench: z.string().optional(),
  /** An export of issues: JSON of {number, title, body, commit?}. */
  issues: z.string().optional(),
  /** What a test file may take; less where its language says so. */
  suiteSeconds: z.number().positive().max(600).default(300),
  /** Candidates of each repository and package. */
  limit: z.number().int().positive().default(20),
});

type CodeOptions = z.output<typeof options>;
type CodeSeed =
  | { kind: "npm"; pair: NpmPair }
  | { kind: "git"; commit: GitCommit }
  | { kind: "swe-bench"; instance: SweBenchInstance; repository: string }
  | { kind: "broken"; reason: DropReason; detail: string };

async function* seeds({ git, npm, pairs, sweBench, limit }: CodeOptions): AsyncGenerator<Seed<CodeSeed>> {
  for (const pair of pairs) yield ofPair(pair);
  for (const name of npm) yield* orBroken(`npm ${name}`, () => pairSeeds(name, limit));
  if (sweBench !== undefined) {
    yield* instanceSeeds(sweBench, git);
    return;
  }
  for (const repository of git) yield* orBroken(`git ${repository}`, () => commitSeeds(repository, limit));
}

async function* pairSeeds(name: string, limit: number): AsyncGenerator<Seed<CodeSeed>> {
  for (const pair of await npmPairs(name, limit)) yield ofPair(pair);
}

async function* commitSeeds(repository: string, limit: number): AsyncGenerator<Seed<CodeSeed>> {
  let left = limit;
  for await (const commit of gitCommits(repository)) {
    yield { key: `git ${repositoryName(repository)} ${commit.commit}`, data: { kind: "git", commit } };
    if (--left === 0) return;
  }
}

/** Of the one repository there is, or of the one that is named as the instance says. */
async function* instanceSeeds(file: string, repositories: readonly string[]): AsyncGenerator<Seed<CodeSeed>> {
  for (const instance of await readSweBench(file)) {
    const key = `swe-bench ${instance.instance_id}`;
    const named = repositories.find((path) => repositoryName(path) === instance.repo.split("/").at(-1));
    const repository = named ?? (repositories.length === 1 ? repositories[0] : undefined);
    if (repository !== undefined) yield { key, data: { kind: "swe-bench", instance, repository } };
    else
      yield { key, data: { kind: "broken", reason: "unreadable", detail: `no --git is a clone of ${instance.repo}` } };
  }
}

const ofPair = (pair: NpmPair): Seed<CodeSeed> => ({
  key: `npm ${pair.name} ${pair.from.version} ${pair.to.version}`,
  data: { kind: "npm", pair },
});

/** A source that cannot be read costs one item. */
async function* orBroken(key: string, source: () => AsyncGenerator<Seed<CodeSeed>>): AsyncGenerator<Seed<CodeSeed>> {
  try {
    yield* source();
  } catch (error) {
    if (!(error instanceof Drop)) throw error;
    yield { key, data: { kind: "broken", reason: error.reason, detail: error.detail } };
  }
}

async function candidateOf(
  seed: Exclude<CodeSeed, { kind: "broken" }>,
  { issues }: CodeOptions,
  packager: Packager,
  cache: string,
): Promise<Candidate> {
  if (seed.kind === "npm") return npmCandidate(seed.pair, packager, cache);
  if (seed.kind === "swe-bench") return sweBenchCandidate(seed.instance, seed.repository, cache);
  return gitCandidate(seed.commit, cache, issues === undefined ? [] : await readIssues(issues));
}

export const code = definePipeline<CodeOptions, CodeSeed>({
  name: "code",
  kind: "code",
  description:
    "mends a real project: commits of git repositories, and neighbouring versions of npm packages, with their tests",
  options,
  seeds,
  async *candidates({ data }, codeOptions, context) {
    if (data.kind === "broken") {
      await context.stage("read", () => {
        throw new Drop(data.reason, data.detail);
      });
      return;
    }
    const packager = openPackager(join(context.cache, "code"));
    const candidate = await candidateOf(data, codeOptions, packager, join(context.cache, "code"));
    const task = await mine(candidate, packager, codeOptions, context);
    if (task) yield task;
  },
});
