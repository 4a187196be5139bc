import { isAbsolute, relative, resolve } from "node:path";
import { glob } from "tinyglobby";
import { TrainingError } from "../../errors.js";

/**
 * Files by path or pattern, absolute and in the order of their names, each once.
 * @throws TrainingError `invalid_data` naming a pattern that no file fits.
 */
export async function findFiles(patterns: readonly string[], dir: string): Promise<string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const files = await glob(toPosix(isAbsolute(pattern) ? relative(dir, pattern) : pattern), {
      cwd: dir,
      absolute: true,
      expandDirectories: false,
    });
    if (files.length === 0)
      throw new TrainingError(
        "invalid_data",
        `no file fits "${pattern}" in ${resolve(dir)}; files are named relative to the data recipe`,
      );
    for (const file of files.sort()) found.add(resolve(file));
  }
  return [...found];
}

const toPosix = (path: string) => (process.platform === "win32" ? path.replaceAll("\\", "/") : path);
