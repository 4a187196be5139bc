// The readers of other trainers' rollouts, for test/rollout-exports.slow.test.ts: node test/support/install-export-readers.mjs
// Hugging Face datasets, which TRL and verl read with, and verifiers, whose traces prime-rl trains on.
import { pythonEnvironment } from "./python-environment.mjs";

const { python, installFrom } = pythonEnvironment(
  "export-readers",
  ["datasets==5.2.0", "verifiers==0.4.0"],
  process.env.CACHALOT_READERS_PYTHON,
);
export const readersPython = python;
installFrom(import.meta.url);
