/** Verification in several passes: kept is what is true, unique, and refuted for every candidate; a reason code for the rest. */

import type { Draw } from "@cachalot/tensor";
import { Dropped } from "../../pipeline.js";
import type { CorpusKind } from "../corpora/corpus-kind.js";
import { searchWords } from "../graph/constraint.js";
import type { EntityGraph } from "../graph/entity-graph.js";
import { leakIn } from "../question/leaks.js";
import type { SearchTools } from "../search-tools.js";
import { majority, type Reader } from "./reader.js";
import type { Candidate, Claim, Sample, VerifiedSample } from "./sample.js";

export interface VerifyOptions {
  reader: Reader;
  /** Readings of each claim, an odd number; what most of them say counts. */
  passes: number;
  /** Searches for another answer, and the hits of each that are read. */
  searches: number;
  hits: number;
  /** Decides uniqueness exactly where claims have a form; without it only what searches find counts. */
  graph?: EntityGraph;
  draw: Draw;
}

export const VERIFY = { passes: 3, searches: 3, hits: 20 };

/**
 * @throws Dropped `leak`, `unreadable`, `untrue`, `no-candidates`, `answered` (a candidate is the answer), `candidate-right`,
 * `candidate-unverifiable` or `ambiguous`
 */
export async function verifySample(
  sample: Sample,
  tools: SearchTools,
  options: VerifyOptions,
): Promise<VerifiedSample> {
  const leaked = leakIn(sample.question, sample.answer);
  if (leaked !== undefined) throw new Dropped("leak", `the question says ${leaked}`);
  const proof = await prove(sample, tools, options);
  if (sample.candidates.length === 0) throw new Dropped("no-candidates", "no answerer answered");
  const refutations: VerifiedSample["refutations"] = [];
  for (const candidate of sample.candidates) refutations.push(await refute(candidate, sample, tools, options));
  checkUnique(sample, options.graph);
  await lookForOthers(sample, tools, options);
  return { ...sample, proof, refutations };
}

/** Every claim, as it stands on the answer's page and those it leads to. */
async function prove(
  { answer, claims }: Sample,
  tools: SearchTools,
  { reader, passes }: VerifyOptions,
): Promise<VerifiedSample["proof"]> {
  const proof: VerifiedSample["proof"] = [];
  for (const claim of claims) {
    const verdict = await majority(reader, answer.id, claim, tools, passes);
    if (verdict === undefined) throw new Dropped("unreadable", `${answer.id}: ${claim.text}`);
    if (!verdict.holds) throw new Dropped("untrue", verdict.why ?? `${answer.id}: ${claim.text}`);
    proof.push({ claim: claim.text, evidence: verdict.evidence });
  }
  return proof;
}

/** A claim that does not hold of the candidate, with what its page says instead. */
async function refute(
  { id, by }: Candidate,
  { answer, claims }: Sample,
  tools: SearchTools,
  { reader, passes }: VerifyOptions,
): Promise<VerifiedSample["refutations"][number]> {
  if (id === answer.id) throw new Dropped("answered", `${by.join(", ")} got it right`);
  let told = true;
  for (const claim of claims) {
    const verdict = await majority(reader, id, claim, tools, passes);
    if (verdict === undefined) told = false;
    else if (!verdict.holds) return { id, by, claim: claim.text, why: verdict.why ?? "", evidence: verdict.evidence };
  }
  throw new Dropped(told ? "candidate-right" : "candidate-unverifiable", `${id}, which ${by.join(", ")} answered`);
}

/** The graph has no other that meets all constraints. */
function checkUnique({ answer, claims }: Sample, graph: EntityGraph | undefined): void {
  const constraints = claims.flatMap(({ constraint }) => constraint ?? []);
  if (graph === undefined || constraints.length < claims.length) return;
  const other = graph.matching(constraints).find((entity) => graph.entities[entity]!.id !== answer.id);
  if (other !== undefined) throw new Dropped("ambiguous", `${graph.entities[other]!.id} meets all claims as well`);
}

/** Any other page that searches find and that meets all claims is another answer. */
async function lookForOthers(
  sample: Sample,
  tools: SearchTools,
  { reader, passes, searches, hits, draw }: VerifyOptions,
): Promise<void> {
  const { answer, claims, candidates } = sample;
  const seen = new Set([answer.id, ...candidates.map(({ id }) => id)]);
  for (const query of queriesOf(sample, tools.kind, draw).slice(0, searches)) {
    for (const { id } of await tools.search(query, hits)) {
      if (seen.has(id)) continue;
      seen.add(id);
      if (await meetsAll(id, claims, tools, reader, passes))
        throw new Dropped("ambiguous", `${id} meets all claims as well`);
    }
  }
}

/** The words of all claims, then of some of them; claims in words alone one by one. */
function queriesOf({ question, claims }: Sample, kind: CorpusKind, draw: Draw): string[] {
  const words = claims.flatMap(({ constraint }) => (constraint ? searchWords(kind, constraint) : []));
  if (words.length === 0) return [question, ...claims.map(({ text }) => text)];
  const some = claims.map(() => words.filter(() => draw.chance(0.6)).join(" "));
  return [words.join(" "), ...some].filter(Boolean);
}

async function meetsAll(
  id: string,
  claims: readonly Claim[],
  tools: SearchTools,
  reader: Reader,
  passes: number,
): Promise<boolean> {
  for (const claim of claims) {
    const verdict = await majority(reader, id, claim, tools, passes);
    if (!verdict?.holds) return false;
  }
  return true;
}
