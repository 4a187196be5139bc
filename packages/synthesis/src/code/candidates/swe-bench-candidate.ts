/** SWE-bench instance as a candidate: its patches laid over its base commit, out of a clone of its repository. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseSweBench, type SweBenchInstance } from "../swe-bench.js";
import { openObjectStore } from "../trees/object-store.js";
import { type Candidate, idOf } from "./candidate.js";
import { gitDirectory, repositoryName } from "./git-commits.js";
import { licenceOf } from "./licence.js";

/** A JSON list of instances, or one a line. @throws SynthesisError `invalid_task` */
export async function readSweBench(file: string): Promise<SweBenchInstance[]> {
  const text = (await readFile(file, "utf8")).trim();
  const values: unknown[] = text.startsWith("[")
    ? JSON.parse(text)
    : text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
  return values.map(parseSweBench);
}

/** @param repository a clone that holds the base commit */
export function sweBenchCandidate(instance: SweBenchInstance, repository: string, scratch: string): Candidate {
  const { instance_id, repo, base_commit, patch, test_patch, problem_statement, created_at } = instance;
  return {
    id: idOf("swe", instance_id),
    source: { kind: "git", name: repo, from: base_commit, to: instance_id, hashes: { [`${repo}@base`]: base_commit } },
    async read() {
      const directory = await gitDirectory(repository);
      const store = await openObjectStore(join(scratch, "trees", idOf("git", repositoryName(repository))), [
        join(directory, "objects"),
      ]);
      const before = await store.tree(base_commit);
      const tested = await store.apply(await store.writeTree(before), test_patch);
      const after = await store.tree(await store.apply(tested, patch));
      const [title = "", ...body] = problem_statement.trim().split("\n");
      const texts = { issue: { title, body: body.join("\n").trim() } };
      return {
        ...{ store, before, after, texts },
        licence: await licenceOf(store, before),
        ...(created_at && { createdAt: created_at }),
      };
    },
  };
}
