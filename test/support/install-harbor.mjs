// Harbor, for test/task-harbor.slow.test.ts: node test/support/install-harbor.mjs
// Where there is no Python that it runs on, nothing is installed, and the test is skipped.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pythonEnvironment } from "./python-environment.mjs";

const IS_RECENT = "import sys; sys.exit(sys.version_info < (3, 12))";

/** On PATH, or one of pyenv's. */
function recentPython() {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  const installed = existsSync(versions)
    ? readdirSync(versions).filter((name) => /^3\.(1[2-9]|[2-9]\d)/.test(name))
    : [];
  const candidates = [
    ...["python3.12", "python3.13", "python3"],
    ...installed.sort().map((name) => join(versions, name, "bin", "python")),
  ];
  const found = candidates.find((python) => spawnSync(python, ["-c", IS_RECENT]).status === 0);
  if (found === undefined) console.log("Harbor is not installed: it needs Python 3.12 or later; put one on PATH");
  return found;
}

const { python, installFrom } = pythonEnvironment(
  "harbor",
  ["harbor==0.25.0"],
  process.env.CACHALOT_HARBOR_PYTHON,
  recentPython,
);
export const harborPython = python;
installFrom(import.meta.url);
