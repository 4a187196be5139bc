import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeDirectoryAtomic } from "@cachalot/files";
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

  const facts: Omit<DebianPackage, "root"> = { version: "", sha256: "", bytes: 0 };
  await writeDirectoryAtomic(home, async (work) => {
    await command("apt-get", ["download", name], work);
    const file = (await readdir(work)).find((entry) => entry.endsWith(".deb"));
    if (file === undefined) throw new TrainingError("missing_tool", `apt-get downloaded no file for ${name}`);
    await command("dpkg-deb", ["-x", file, "root"], work);
    const bytes = await readFile(join(work, file));
    facts.version = decodeURIComponent(file.split("_")[1] ?? "");
    facts.sha256 = createHash("sha256").update(bytes).digest("hex");
    facts.bytes = bytes.length;
    await rm(join(work, file));
    await writeFile(join(work, "package.json"), JSON.stringify(facts, null, 2));
  });
  return { root: join(home, "root"), ...facts };
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
