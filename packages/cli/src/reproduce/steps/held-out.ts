/** Held-out loss of every stage of the base, sparse and control alike, on the same rows. */

import { basename, join } from "node:path";
import { defaultDevice } from "@cachalot/tensor";
import { checkpointsOf, evaluateCheckpoint, loadRecipe } from "@cachalot/training";
import { recipePath } from "../scale.js";
import { defineStep } from "../step.js";
import { base } from "./base.js";

interface HeldOutRow {
  stage: string;
  attention: "sparse" | "dense";
  /** Nats a token. */
  loss: number;
  tokens: number;
  parts: Record<string, { loss: number; tokens: number }>;
}

export const heldOut = defineStep<{ rows: HeldOutRow[] }>({
  name: "held-out",
  title: "held-out loss of every stage of the base, on the same rows",
  needs: ["base"],
  recipes: (scale) => [recipePath(scale, scale.base)],
  settings: (scale) => scale.heldOutRows,
  async run({ scale, dir, results, progress }) {
    const { data } = await loadRecipe(recipePath(scale, scale.base), { workspace: dir });
    const checkpoints = await checkpointsOf(join(dir, results.of(base)!.run));
    const rows: HeldOutRow[] = [];
    for (const [i, checkpoint] of checkpoints.entries()) {
      progress.at(basename(checkpoint), i, checkpoints.length);
      // The control was trained without a selection: so is it measured.
      const attention = basename(checkpoint) === "sparse" ? ("sparse" as const) : ("dense" as const);
      const measured = await evaluateCheckpoint(checkpoint, data!.dir, {
        ...{ device: defaultDevice(), attention, rows: scale.heldOutRows },
      });
      rows.push({
        stage: basename(checkpoint),
        attention,
        loss: measured.loss,
        tokens: measured.tokens,
        parts: measured.parts,
      });
    }
    return { rows };
  },
});
