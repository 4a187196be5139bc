import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { TrainingError } from "@cachalot/training";

const run = promisify(execFile);

export interface DebianPackage {
  /** Where the package is unpacked. */
  root: string;
  version: string;
  /** Of the .deb file. */
  sha256: string;
  bytes: number;
}

/**
 * Downloads and unpacks a Debian package under `cacheDir`, once; no root needed.
 *
 * @throws TrainingError `missing_tool` when this machine cannot download it.
 */
export async function fetchDebianPackage(name: string, cacheDir: string): Promise<DebianPackage> {
  const home = join(cacheDir, name);
  const record = join(home, "package.json");
  const cached = await readFile(record, "utf8").catch(() => undefined);
  if (cached !== undefined) return { root: join(home, "root"), ...JSON.parse(cached) };

  await mkdir(cacheDir, { recursive: true });
  const work = await mkdtemp(join(cacheDir, `${name}-`));
  try {
    await command("apt-get", ["download", name], work);
    const file = (await readdir(work)).find((entry) => entry.endsWith(".deb"));
    if (file === undefined) throw new TrainingError("missing_tool", `apt-get downloaded no file for ${name}`);
    await command("dpkg-deb", ["-x", file, "root"], work);
    const bytes = await readFile(join(work, file));
    const facts = {
      version: decodeURIComponent(file.split("_")[1] ?? ""),
      sha256: createHash("sha256").update(bytes).digest("hex"),
      bytes: bytes.length,
    };
    await rm(join(work, file));
    await writeFile(join(work, "package.json"), JSON.stringify(facts, null, 2));
    await rm(home, { recursive: true, force: true });
    await rename(work, home);
    return { root: join(home, "root"), ...facts };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function command(file: string, args: string[], cwd: string): Promise<void> {
  try {
    await run(file, args, { cwd, maxBuffer: 1 << 24 });
  } catch (error) {
    const { stderr = "" } = error as { stderr?: string };
    throw new TrainingError(
      "missing_tool",
      `${file} ${args.join(" ")} failed: ${stderr.trim() || (error as Error).message}\n` +
        "The corpora are Debian packages: run this on Debian or Ubuntu (or a container of one), after `apt-get update`.",
    );
  }
}
