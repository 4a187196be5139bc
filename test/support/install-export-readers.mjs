// The readers of what we export, for the slow tests of exports: node test/support/install-export-readers.mjs
// Hugging Face datasets, which TRL and verl read with; verifiers, whose traces prime-rl trains on and whose tasksets it plays; and,
// as the two cannot live together, OpenEnv's client apart.
import { pythonEnvironment } from "./python-environment.mjs";

const readers = pythonEnvironment(
  "export-readers",
  ["datasets==5.2.0", "verifiers==0.4.0", "websockets==17.4"],
  process.env.CACHALOT_READERS_PYTHON,
);
const openenv = pythonEnvironment("openenv", ["openenv-core==0.3.0"], process.env.CACHALOT_OPENENV_PYTHON);
export const readersPython = readers.python;
export const openenvPython = openenv.python;
for (const { installFrom } of [readers, openenv]) installFrom(import.meta.url);
