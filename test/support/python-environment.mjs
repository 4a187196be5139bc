// Python packages in a virtual environment of their own, outside of the repository and shared by all clones.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * @param {string} name of its folder
 * @param {readonly string[]} requirements as pip takes them
 * @param {string | undefined} given a Python that has them already
 * @param {() => string | undefined} findBase the Python to make it with; none: nothing is installed
 */
export function pythonEnvironment(name, requirements, given, findBase = () => "python3") {
  const home = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "cachalot", name);
  /** The Python that has them, or would have. */
  const python = given ?? join(home, "bin", "python");
  return {
    python,
    /** @param {string} script `import.meta.url` of the script that installs them: nothing happens where it is only imported */
    installFrom(script) {
      if (!process.argv[1] || script !== pathToFileURL(process.argv[1]).href) return;
      const stamp = join(home, "installed.txt");
      const wanted = `${requirements.join("\n")}\n`;
      if (given || (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted)) return;
      const base = findBase();
      if (base === undefined) return;
      run(base, "-m", "venv", "--clear", home);
      run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...requirements);
      writeFileSync(stamp, wanted);
    },
  };
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, ...args) {
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
