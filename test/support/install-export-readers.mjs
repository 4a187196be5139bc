// The readers of other trainers' rollouts in a virtual environment of their own, for test/rollout-exports.slow.test.ts:
// node test/support/install-export-readers.mjs
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Hugging Face datasets, which TRL and verl read with, and verifiers, whose traces prime-rl trains on. */
const REQUIREMENTS = ["datasets==5.2.0", "verifiers==0.4.0"];

/** Where they lie: outside of the repository, shared by all clones. */
const home = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "cachalot", "export-readers");

/** The Python that has them, or would have. */
export const readersPython = process.env.CACHALOT_READERS_PYTHON ?? join(home, "bin", "python");

function run(command, ...args) {
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const stamp = join(home, "installed.txt");
  const wanted = `${REQUIREMENTS.join("\n")}\n`;
  if (process.env.CACHALOT_READERS_PYTHON || (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted))
    process.exit(0);
  run("python3", "-m", "venv", "--clear", home);
  run(readersPython, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...REQUIREMENTS);
  writeFileSync(stamp, wanted);
}
