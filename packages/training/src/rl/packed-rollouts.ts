/** Packed rollouts: several sequences in each row of a batch, and what of their records is replayed. */

import type { PrefixedBatch } from "@cachalot/model";
import { packSequences, type RolloutRows, type Segment } from "./rollout-rows.js";
import type { TrainingSequence } from "./training-sequence.js";

export interface PackedRollouts {
  batch: Required<Omit<PrefixedBatch, "prefix">> & Pick<PrefixedBatch, "prefix">;
  /** `[sampled tokens]`, sequence by sequence: row of the batch whose logits the token was drawn from */
  rows: Int32Array;
  /** `[sampled tokens]` */
  targets: Int32Array;
  /** `[sampled tokens]` */
  temperatures: Float32Array;
  /** Kept sets of the sampled tokens; an empty one is the whole vocabulary. */
  kept: { ids: Int32Array; offsets: Int32Array };
  /** Where each sequence's sampled tokens begin, `[sequences + 1]`. */
  starts: Int32Array;
  /** Where the tokens of the sequences stand. */
  layout: RolloutRows;
}

export interface PackOptions {
  /** Tokens of a row, where no sequence is longer. */
  rowTokens: number;
  /** Token of padding. */
  pad: number;
  /** Whether log-probabilities are over the kept sets, where they were recorded. */
  keepSamplingMask: boolean;
  /** Whether the answers to a prompt stand behind one copy of it, which is then computed once. */
  sharePrompts: boolean;
}

/** Lays sequences out in rows. Their last tokens are targets only: nothing reads them. */
export function packRollouts(sequences: readonly TrainingSequence[], options: PackOptions): PackedRollouts {
  const layout = packSequences(
    sequences.map(({ ids, ...sequence }) => ({
      length: ids.length - 1,
      prompt: options.sharePrompts ? promptOf({ ids, ...sequence }) : undefined,
    })),
    options.rowTokens,
  );
  const batch = emptyRows(layout, options.pad);
  for (const segment of layout.segments) writeSegment(batch, segment, sequences[segment.sequences[0]!]!.ids);
  const placed = placements(sequences, layout);
  const starts = new Int32Array(sequences.length + 1);
  sequences.forEach(({ sampledAt }, i) => {
    starts[i + 1] = starts[i]! + sampledAt.length;
  });
  return {
    batch,
    rows: perSampled(sequences, starts, (_, i, t) => placed[i]![t - 1]!, Int32Array),
    targets: perSampled(sequences, starts, ({ ids }, _, t) => ids[t]!, Int32Array),
    temperatures: perSampled(sequences, starts, ({ temperature }) => temperature, Float32Array),
    kept: keptSets(sequences, options.keepSamplingMask),
    starts,
    layout,
  };
}

/** What a sequence read before it first sampled. Sequences of a group that forked may differ in it. */
function promptOf({ group, ids, sampledAt }: TrainingSequence): { key: string; length: number } {
  const length = sampledAt[0]!;
  return { key: `${group} ${ids.subarray(0, length).join(" ")}`, length };
}

function emptyRows({ batch, seq, segments }: RolloutRows, pad: number): PackedRollouts["batch"] {
  const size = batch * seq;
  // Every token of padding is a document of its own.
  const column = Int32Array.from({ length: size }, (_, i) => i % seq);
  return {
    batch,
    seq,
    inputs: new Int32Array(size).fill(pad),
    positions: new Int32Array(size),
    documentStart: column,
    ...(segments.some(({ prefixColumn }) => prefixColumn !== undefined)
      ? { prefix: { column: new Int32Array(size), length: new Int32Array(size) } }
      : {}),
  };
}

function writeSegment(
  { seq, inputs, positions, documentStart, prefix }: PackedRollouts["batch"],
  { row, column, from, to, prefixColumn }: Segment,
  ids: Int32Array,
): void {
  const at = row * seq + column;
  for (let t = from; t < to; t++) {
    inputs[at + t - from] = ids[t]!;
    positions[at + t - from] = t;
    documentStart[at + t - from] = column;
  }
  if (prefixColumn === undefined) return;
  prefix!.column.fill(prefixColumn, at, at + to - from);
  prefix!.length.fill(from, at, at + to - from);
}

/** Row of the batch, `row * seq + column`, of every token of every sequence. */
function placements(sequences: readonly TrainingSequence[], { seq, segments }: RolloutRows): Int32Array[] {
  const placed = sequences.map(({ ids }) => new Int32Array(ids.length - 1));
  for (const { sequences: sharing, row, column, from, to } of segments)
    for (const sequence of sharing)
      for (let t = from; t < to; t++) placed[sequence]![t] = row * seq + column + t - from;
  return placed;
}

function perSampled<T extends Int32Array | Float32Array>(
  sequences: readonly TrainingSequence[],
  starts: Int32Array,
  numberOf: (sequence: TrainingSequence, index: number, position: number) => number,
  ArrayType: new (length: number) => T,
): T {
  const values = new ArrayType(starts.at(-1)!);
  sequences.forEach((sequence, i) => {
    for (const [j, t] of sequence.sampledAt.entries()) values[starts[i]! + j] = numberOf(sequence, i, t);
  });
  return values;
}

function keptSets(sequences: readonly TrainingSequence[], wanted: boolean): PackedRollouts["kept"] {
  const counts = sequences.flatMap(({ sampledAt, kept }) =>
    wanted && kept ? Array.from(kept.counts) : new Array<number>(sampledAt.length).fill(0),
  );
  const offsets = new Int32Array(counts.length + 1);
  counts.forEach((count, i) => {
    offsets[i + 1] = offsets[i]! + count;
  });
  const ids = new Int32Array(offsets.at(-1)!);
  let at = 0;
  for (const { kept } of sequences) {
    if (!wanted || !kept) continue;
    ids.set(kept.ids, at);
    at += kept.ids.length;
  }
  return { ids, offsets };
}
