import { basename } from "node:path";
import { openCheckpoint } from "../checkpoint/index.js";
import type { CausalLM, MlaForm } from "../network/index.js";
import { PARITY_TOLERANCES, type ParityCheck } from "./check.js";
import { largestDifference } from "./compare.js";
import { readTokens } from "./golden-tokens.js";

/** Entries of a selection that a query can see, in order: the goldens pad short rows with arbitrary masked columns. */
function visibleOnly(indices: ArrayLike<number>, k: number): string[] {
  return Array.from({ length: indices.length / k }, (_, s) =>
    Array.from({ length: k }, (_, i) => indices[s * k + i]!)
      .filter((t) => t >= 0 && t <= s)
      .join(),
  );
}

/** Prefill and decode logits, index scores and selections of one MLA form against `expected.safetensors`. */
export async function checkExpected(path: string, model: CausalLM, form: MlaForm): Promise<ParityCheck[]> {
  const golden = await openCheckpoint(path);
  try {
    const { rows } = await readTokens(golden);
    const [, S, V] = golden.info("prefill_logits").shape as [number, number, number];
    const D = golden.info("decode_logits").shape[1]!;
    const names = new Set(golden.names());
    const scores: Float32Array[][] = Array.from({ length: model.config.numHiddenLayers }, () => []);
    const selections: Int32Array[][] = Array.from({ length: model.config.numHiddenLayers }, () => []);
    const prefill = new Float32Array(rows.length * S * V);
    const decode = new Float32Array(rows.length * D * V);
    rows.forEach((tokens, b) => {
      const cache = model.createCache();
      try {
        const logits = model.prefill(tokens.subarray(0, S), cache, {
          form,
          logits: "all",
          onIndexScores: (layer, layerScores) => scores[layer]!.push(Float32Array.from(layerScores.data)),
          selection: { record: (layer, indices) => selections[layer]!.push(Int32Array.from(indices.data)) },
        });
        prefill.set(logits, b * S * V);
        for (let d = 0; d < D; d++)
          decode.set(model.decode(tokens.subarray(S + d, S + d + 1), [cache], { form }), (b * D + d) * V);
      } finally {
        cache.dispose();
      }
    });
    const file = basename(path);
    const checks: ParityCheck[] = [];
    const check = (what: string, error: number, tolerance: number) =>
      checks.push({ file, what: `${what} (${form})`, error, tolerance });
    const { logits } = PARITY_TOLERANCES;
    check("prefill logits", largestDifference(prefill, await golden.readF32("prefill_logits")), logits);
    check("decode logits", largestDifference(decode, await golden.readF32("decode_logits")), logits);
    let scoreError = 0;
    let wrongRows = 0;
    for (let layer = 0; names.has(`layer${layer}.index_scores`); layer++) {
      const expectedScores = await golden.readF32(`layer${layer}.index_scores`);
      const { shape, data } = await golden.read(`layer${layer}.topk_indices`);
      const k = shape[2]!;
      rows.forEach((_, b) => {
        const wanted = expectedScores.subarray(b * S * S, (b + 1) * S * S);
        scoreError = Math.max(scoreError, largestDifference(scores[layer]![b]!, wanted));
        const expected = visibleOnly((data as Int32Array).subarray(b * S * k, (b + 1) * S * k), k);
        const actual = visibleOnly(selections[layer]![b]!, k);
        expected.forEach((row, s) => {
          if (row !== actual[s]) wrongRows++;
        });
      });
    }
    if (names.has("layer0.index_scores")) {
      check("index scores", scoreError, PARITY_TOLERANCES.scores);
      check("rows with another selection", wrongRows, 0);
    }
    return checks;
  } finally {
    await golden.close();
  }
}
