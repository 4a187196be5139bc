/** Compares GRPO with a file of golden numbers: log-probabilities, advantages, masks, loss and the gradient by the logits. */

import { readFile } from "node:fs/promises";
import * as z from "zod";
import { TrainingError } from "../errors.js";
import { v32 } from "./algorithms/v32.js";
import { keepsSurrogate } from "./sequence-mask.js";

const perToken = z.array(z.array(z.number()));
/** `[sequences, tokens, vocab]` */
const perLogit = z.array(perToken);

/** One case of the file: a group of sequences, what a policy gives for them, and what must come out. */
const grpoCaseSchema = z.object({
  kl: z.enum(["k3", "unbiased"]),
  off_policy_sequence_mask: z.boolean(),
  keep_sampling_mask: z.boolean(),
  clip_low: z.number(),
  clip_high: z.number(),
  beta: z.number(),
  delta: z.number(),
  lengths: z.array(z.number().int().positive()),
  actions: z.array(z.array(z.number().int().nonnegative())),
  rewards: z.array(z.number()),
  logits: perLogit,
  old_logits: perLogit,
  ref_logits: perLogit,
  /** 1 where a token could have been drawn; the sampling mask. */
  keep: perLogit,
  logp: perToken,
  old_logp: perToken,
  ref_logp: perToken,
  advantages: z.array(z.number()),
  sequence_kept: z.array(z.number()),
  loss: z.number(),
  grad_logits: perLogit,
});

type GrpoCase = z.infer<typeof grpoCaseSchema>;

export interface GrpoParity {
  /** The case's switches, as in "unbiased KL, sequence mask, sampling mask". */
  name: string;
  /** What differs most, and by how much. */
  worst: string;
  /** Largest absolute difference of any number. */
  error: number;
}

/** log softmax of one row over the tokens kept, in float64. */
function logSoftmax(logits: readonly number[], keep: readonly number[] | undefined): number[] {
  const isKept = (id: number) => !keep || keep[id] === 1;
  const max = Math.max(...logits.filter((_, id) => isKept(id)));
  const total = logits.reduce((sum, logit, id) => sum + (isKept(id) ? Math.exp(logit - max) : 0), 0);
  return logits.map((logit, id) => (isKept(id) ? logit - max - Math.log(total) : Number.NEGATIVE_INFINITY));
}

/** Log-probabilities of every sequence's own tokens, and the log softmax of every row they came from. */
function logprobsOf(logits: GrpoCase["logits"], { actions, lengths, keep, keep_sampling_mask }: GrpoCase) {
  const rows = lengths.map((length, i) =>
    Array.from({ length }, (_, t) => logSoftmax(logits[i]![t]!, keep_sampling_mask ? keep[i]![t] : undefined)),
  );
  return { rows, own: rows.map((sequence, i) => sequence.map((row, t) => row[actions[i]![t]!]!)) };
}

/** Runs one case and says where it differs most. */
function compareGrpoCase(golden: GrpoCase): GrpoParity {
  const { lengths, actions, rewards, delta } = golden;
  const now = logprobsOf(golden.logits, golden);
  const [old, ref] = [logprobsOf(golden.old_logits, golden).own, logprobsOf(golden.ref_logits, golden).own];
  const algorithm = v32.withOptions({
    clipLow: golden.clip_low,
    clipHigh: golden.clip_high,
    beta: golden.beta,
    kl: golden.kl,
    sequenceMaskDelta: golden.off_policy_sequence_mask ? delta : null,
  });
  const advantages = algorithm.advantages(rewards);
  const sequences = lengths.map((_, i) => ({
    logprobs: now.own[i]!,
    oldLogprobs: old[i]!,
    refLogprobs: ref[i]!,
    advantage: advantages[i]!,
  }));
  const { loss, gradients } = algorithm.policyGradient(sequences);
  const kept = sequences.map(({ advantage, logprobs, oldLogprobs }) =>
    Number(!golden.off_policy_sequence_mask || keepsSurrogate(advantage, logprobs, oldLogprobs, delta)),
  );
  const logitGradients = now.rows.map((rows, i) =>
    rows.map((row, t) => {
      const byLogprob = gradients[i]![t]!;
      return row.map((logp, id) => byLogprob * (Number(id === actions[i]![t]) - Math.exp(logp)));
    }),
  );
  const cut = <T>(values: readonly (readonly T[])[]) => values.map((row, i) => row.slice(0, lengths[i]));
  const differences = {
    logp: largest(now.own.flat(), cut(golden.logp).flat()),
    old_logp: largest(old.flat(), cut(golden.old_logp).flat()),
    ref_logp: largest(ref.flat(), cut(golden.ref_logp).flat()),
    advantages: largest([...advantages], golden.advantages),
    sequence_kept: largest(kept, golden.sequence_kept),
    loss: Math.abs(loss - golden.loss),
    grad_logits: largest(logitGradients.flat(2), cut(golden.grad_logits).flat(2)),
  };
  const [worst, error] = Object.entries(differences).reduce((a, b) => (b[1] > a[1] ? b : a));
  return { name: nameOf(golden), worst, error };
}

function largest(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  return actual.reduce((most, value, i) => {
    const difference = Math.abs(value - expected[i]!);
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(most, difference);
  }, 0);
}

function nameOf({ kl, off_policy_sequence_mask, keep_sampling_mask }: GrpoCase): string {
  return [`${kl} KL`, off_policy_sequence_mask && "sequence mask", keep_sampling_mask && "sampling mask"]
    .filter(Boolean)
    .join(", ");
}

/**
 * Compares every case of a JSON file (a list of cases).
 * @throws TrainingError `bad_golden` where the file is not of that layout; the message names the case and the field.
 */
export async function grpoParity(file: string): Promise<GrpoParity[]> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw new TrainingError(
      "bad_golden",
      `${file} is not JSON: ${(error as Error).message}; give a list of GRPO cases`,
    );
  }
  const parsed = z.array(grpoCaseSchema).min(1).safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new TrainingError(
      "bad_golden",
      `${file}: ${issue!.path.join(".") || "the file"}: ${issue!.message}; each case needs the fields of docs/rl.md`,
    );
  }
  return parsed.data.map(compareGrpoCase);
}
