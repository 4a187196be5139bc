import { openPolicy } from "@cachalot/engine";
import { createRolloutSource } from "@cachalot/environments";
import { loadTokenizer } from "@cachalot/model";
import type { RolloutBinding } from "@cachalot/training";

/** Binds training's stages of rollouts to the engine, which samples, and to the environments, which pose tasks and judge. */
export function rolloutBinding({ preflight }: { preflight: boolean }): RolloutBinding {
  return {
    openPolicy: async (network, { tokenizerDir, ...options }) =>
      openPolicy(network, await loadTokenizer(tokenizerDir), options),
    sourceFor: createRolloutSource,
    preflight,
  };
}
