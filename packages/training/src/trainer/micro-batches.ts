import type { PackedBatch } from "@cachalot/model";

/** A batch in `count` parts of equally many rows, which share its memory. */
export function microBatches(batch: PackedBatch, count: number): PackedBatch[] {
  const rows = batch.batch / count;
  const tokens = rows * batch.seq;
  return Array.from({ length: count }, (_, i) => {
    const part = (values: Int32Array) => values.subarray(i * tokens, (i + 1) * tokens);
    const { inputs, targets, positions, documentStart } = batch;
    return {
      ...batch,
      batch: rows,
      inputs: part(inputs),
      targets: part(targets),
      ...(positions ? { positions: part(positions) } : {}),
      ...(documentStart ? { documentStart: part(documentStart) } : {}),
    };
  });
}
