// Hugging Face transformers in a virtual environment of its own, for test/transformers.slow.test.ts: node test/support/install-transformers.mjs
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const REQUIREMENTS = ["torch==2.15.0", "transformers==5.24.0"];

/** Where it lies: outside of the repository, shared by all clones. Some GB, since PyPI's torch brings CUDA along. */
const home = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "cachalot", "transformers");

/** The Python that has it, or would have. */
export const transformersPython = process.env.CACHALOT_TRANSFORMERS_PYTHON ?? join(home, "bin", "python");

function run(command, ...args) {
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const stamp = join(home, "installed.txt");
  const wanted = `${REQUIREMENTS.join("\n")}\n`;
  if (process.env.CACHALOT_TRANSFORMERS_PYTHON || (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted))
    process.exit(0);
  run("python3", "-m", "venv", "--clear", home);
  run(transformersPython, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...REQUIREMENTS);
  writeFileSync(stamp, wanted);
}
