import { NO_LOSS, type PackedBatch } from "@cachalot/model";

/** What the multi-token-prediction module reads beside the hidden states, and what it is to predict. */
export interface MtpBatch {
  /** `[B*S]`: the token behind each; any where there is no target */
  next: Int32Array;
  /** `[B*S]`: the target of the token behind each, -100 where that is another document's or the row ends */
  targets: Int32Array;
}

/** A batch seen one token further on. */
export function mtpBatch({ batch, seq, inputs, targets, documentStart }: PackedBatch): MtpBatch {
  const shifted = { next: new Int32Array(batch * seq), targets: new Int32Array(batch * seq).fill(NO_LOSS) };
  for (let row = 0; row < batch; row++)
    for (let i = row * seq; i < (row + 1) * seq - 1; i++) {
      shifted.next[i] = inputs[i + 1]!;
      if (documentStart?.[i] === documentStart?.[i + 1]) shifted.targets[i] = targets[i + 1]!;
    }
  return shifted;
}
