import type { RolloutBinding } from "@cachalot/training";

/**
 * Binds training's stages of rollouts to the engine, which samples, and to the environments, which pose tasks and judge. Loaded
 * where a recipe has such a stage.
 */
export function rolloutBinding({ preflight }: { preflight: boolean }): RolloutBinding {
  return {
    async openPolicy(network, { tokenizerDir, ...options }) {
      const [{ openPolicy }, { loadTokenizer }] = await Promise.all([
        import("@cachalot/engine"),
        import("@cachalot/model"),
      ]);
      return openPolicy(network, await loadTokenizer(tokenizerDir), options);
    },
    async sourceFor(tasks) {
      const { createRolloutSource } = await import("@cachalot/environments");
      return createRolloutSource(tasks);
    },
    preflight,
  };
}
