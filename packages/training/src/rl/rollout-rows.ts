/** Bin packing of sequences into rows, the answers to one prompt behind a single copy of it. */

/** Tokens `[from, to)` of the sequences that share them, at `column` of `row`. */
export interface Segment {
  /** Their tokens are the same here; the first one's are written. */
  sequences: readonly number[];
  row: number;
  column: number;
  from: number;
  to: number;
  /** Where the `from` tokens before it begin, for what stands behind a shared prompt. */
  prefixColumn?: number;
}

export interface RolloutRows {
  batch: number;
  /** Tokens per row. */
  seq: number;
  segments: Segment[];
}

/** What is known of a sequence to lay it out. */
export interface PackedLength {
  /** Tokens that the network reads. */
  length: number;
  /** Sequences of the same key have the same first `promptLength` tokens. Undefined: nothing is shared. */
  prompt?: { key: string; length: number } | undefined;
}

/** Sequences laid out in one piece: one by itself, or several behind their prompt. */
interface Unit {
  members: number[];
  promptLength: number;
  length: number;
}

/** First fit, longest first: rows of at least `rowTokens` tokens, or of the longest sequence. */
export function packSequences(sequences: readonly PackedLength[], rowTokens: number): RolloutRows {
  const seq = sequences.reduce((most, { length }) => Math.max(most, length), rowTokens);
  const units = unitsOf(sequences, seq).sort((a, b) => b.length - a.length || a.members[0]! - b.members[0]!);
  const filled: number[] = [];
  const segments: Segment[] = [];
  for (const unit of units) {
    let row = filled.findIndex((used) => used + unit.length <= seq);
    if (row < 0) row = filled.push(0) - 1;
    segments.push(...segmentsOf(unit, sequences, row, filled[row]!));
    filled[row]! += unit.length;
  }
  return { batch: filled.length, seq, segments };
}

/** As many sequences behind one prompt as a row holds. */
function unitsOf(sequences: readonly PackedLength[], seq: number): Unit[] {
  const units: Unit[] = [];
  const open = new Map<string, Unit>();
  sequences.forEach(({ length, prompt }, i) => {
    const unit = prompt && open.get(prompt.key);
    if (unit && unit.length + length - prompt.length <= seq) {
      unit.members.push(i);
      unit.length += length - prompt.length;
      return;
    }
    const own = { members: [i], promptLength: prompt?.length ?? 0, length };
    if (prompt) open.set(prompt.key, own);
    units.push(own);
  });
  return units;
}

function segmentsOf(
  { members, promptLength, length }: Unit,
  sequences: readonly PackedLength[],
  row: number,
  column: number,
): Segment[] {
  if (members.length === 1) return [{ sequences: members, row, column, from: 0, to: length }];
  const segments: Segment[] = [{ sequences: members, row, column, from: 0, to: promptLength }];
  let at = column + promptLength;
  for (const member of members) {
    const to = sequences[member]!.length;
    // An answer of one token is a target only.
    if (to > promptLength)
      segments.push({ sequences: [member], row, column: at, from: promptLength, to, prefixColumn: column });
    at += to - promptLength;
  }
  return segments;
}
