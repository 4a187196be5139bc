/** Golden numbers of the published implementation: losses, every gradient, and GRPO's objective in eight cases. */

import { join } from "node:path";
import { defaultDevice } from "@cachalot/tensor";
import { checkTraining, grpoParity } from "@cachalot/training";
import { defineStep } from "../step.js";

const GOLDEN = join("test", "golden");

export const parity = defineStep({
  name: "parity",
  title: "losses and gradients against the published implementation's numbers",
  needs: [],
  recipes: () => [],
  async run() {
    const [grpo, training] = [
      await grpoParity(join(GOLDEN, "rl", "grpo.json")),
      await checkTraining(join(GOLDEN, "model", "plain"), { device: defaultDevice() }),
    ];
    return {
      grpo: { cases: grpo.length, error: Math.max(...grpo.map(({ error }) => error)) },
      training: {
        comparisons: training.length,
        within: training.filter(({ error, tolerance }) => error <= tolerance).length,
        error: Math.max(...training.map(({ error }) => error)),
      },
    };
  },
});
