/** From a verified sample to a task folder. */

import { createHash } from "node:crypto";
import { makeTask } from "../../make-task.js";
import { shellQuoted } from "../../shell-quote.js";
import { type TaskFolder, textFiles } from "../../task.js";
import { depthOf } from "../graph/constraint.js";
import { countCalls, type SearchCall } from "../search-tools.js";
import type { VerifiedSample } from "../verify/sample.js";
import type { SearchWorld } from "../world.js";
import { SEARCH_HELP, SEARCH_PROGRAM } from "./search-program.js";
import type { Slice } from "./slice.js";
import { VERIFIER_PROGRAM } from "./verifier-program.js";

export interface SearchTaskParts {
  world: SearchWorld;
  sample: VerifiedSample;
  /** Calls that lead to the answer. */
  path: readonly SearchCall[];
  /** Calls of the agent that found it. */
  calls: readonly SearchCall[];
  slice: Slice;
  seed: number;
  /** Whether a model wrote the question. */
  written: boolean;
}

export function searchTask({ world, sample, path, calls, slice, seed, written }: SearchTaskParts): TaskFolder {
  const { kind, source } = world;
  const { question, answer, claims } = sample;
  const { searches, opens } = countCalls(calls);
  const constraints = claims.flatMap(({ constraint }) => constraint ?? []);
  return makeTask({
    kind: "search",
    id: `search-${kind.name}-${hashOf(source.sha256, answer.id, question)}`,
    pipeline: "search",
    prompt: `${question}\n\n${SEARCH_HELP}\nWrite the id of the document in question to /app/answer.txt, and nothing else.\n`,
    promptSource: written ? "model" : "generated",
    agent: "search",
    answer: "/app/answer.txt",
    environmentName: world.name,
    provenance: {
      source: source.name,
      licence: source.licence,
      seed: `${seed}`,
      hashes: { corpus: source.sha256 },
    },
    difficulty: {
      claims: claims.length,
      hops: Math.max(0, ...constraints.map(depthOf)),
      searches,
      pages: opens,
      shortestCalls: path.length,
      candidates: sample.candidates.length,
    },
    evidence: { question, answer: answer.id, path: [...path], proof: sample.proof, refutations: sample.refutations },
    environment: textFiles({
      Dockerfile: "FROM python:3.12-slim\nWORKDIR /app\nCOPY search.py corpus.jsonl /app/\n",
      "search.py": SEARCH_PROGRAM,
      "corpus.jsonl": slice.pages.map(({ id, title, text }) => `${JSON.stringify({ id, title, text })}\n`).join(""),
    }),
    tests: textFiles({
      "test.sh": "python3 /tests/verify.py\n",
      "verify.py": VERIFIER_PROGRAM,
      "verdicts.json": JSON.stringify({ answer: answer.id, broken: slice.broken }),
    }),
    solution: textFiles({ "solve.sh": solutionOf(path, answer.id) }),
    config: { task: { keywords: ["search", kind.name] }, environment: { allow_internet: false } },
  });
}

/** Goes the way to the answer, and writes it. */
function solutionOf(path: readonly SearchCall[], answer: string): string {
  const lines = path.map((call) =>
    "query" in call.arguments
      ? `python3 /app/search.py search ${shellQuoted(call.arguments.query)}`
      : `python3 /app/search.py open ${shellQuoted(call.arguments.id)}`,
  );
  return `set -e\n${lines.map((line) => `${line} > /dev/null\n`).join("")}printf '%s\\n' ${shellQuoted(answer)} > /app/answer.txt\n`;
}

const hashOf = (...parts: string[]): string => createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 12);
