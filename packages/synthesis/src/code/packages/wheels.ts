/** Python wheels by hash: pip resolves and downloads them for the sandbox's Python; nothing of them runs here. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Packager, type PinnedPackage, runClient } from "./package.js";

const PLATFORMS: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64" };

/** @param requirements as pip takes them. @throws Drop `packages-missing` for what has no wheel */
export async function pythonWheels(packager: Packager, requirements: readonly string[]): Promise<PinnedPackage[]> {
  const version = (
    await runClient("/usr/bin/python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], "/")
  ).trim();
  return packager.resolve({ client: "pip", version, requirements }, async (folder) => {
    const machine = PLATFORMS[process.arch] ?? process.arch;
    const platforms = ["manylinux2014", "manylinux_2_17", "manylinux_2_28"].flatMap((name) => [
      "--platform",
      `${name}_${machine}`,
    ]);
    const flags = [
      "--only-binary=:all:",
      "--python-version",
      version,
      ...platforms,
      "--disable-pip-version-check",
      "--no-input",
      "--quiet",
    ];
    await runClient("python3", ["-m", "pip", "download", ...flags, "--dest", folder, "--", ...requirements], folder);
    const wheels = (await readdir(folder)).filter((name) => name.endsWith(".whl")).sort();
    return Promise.all(
      wheels.map(async (archive) => {
        const [name = "", wheelVersion = ""] = archive.split("-");
        return {
          name,
          version: wheelVersion,
          sha256: await packager.keep(await readFile(join(folder, archive))),
          archive,
          path: "python",
        };
      }),
    );
  });
}
