/** The files of a sandbox's /work, kept outside of it: packed and unpacked inside, and to the host a file like any other. */

import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Sandbox } from "./sandbox.js";

const PACKED = "/tmp/.cachalot-work.tar.gz";

/**
 * Writes all of /work to a file. When it is too large (16 MiB packed), or cannot be packed, there is no file.
 * @returns whether there is one
 */
export async function saveWorkspace(sandbox: Sandbox, path: string): Promise<boolean> {
  try {
    // 1: a file changed while it was read, as those of running programs do.
    const { exitCode } = await sandbox.run(["/bin/tar", "-C", "/work", "-czf", PACKED, "."]);
    if (exitCode !== 0 && exitCode !== 1) throw new Error(`tar ended with ${exitCode}`);
    const packed = await sandbox.get(PACKED);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.partial`, packed);
    await rename(`${path}.partial`, path);
    return true;
  } catch {
    await rm(path, { force: true });
    return false;
  } finally {
    await sandbox.run(["/bin/rm", "-f", PACKED]).catch(() => {});
  }
}

/**
 * Puts back what was saved.
 * @returns whether there was something, and all of it is back
 */
export async function restoreWorkspace(sandbox: Sandbox, path: string): Promise<boolean> {
  const packed = await readFile(path).catch(() => undefined);
  if (packed === undefined) return false;
  await sandbox.put(PACKED, packed);
  const { exitCode } = await sandbox.run(["/bin/tar", "-C", "/work", "-xzf", PACKED]);
  await sandbox.run(["/bin/rm", "-f", PACKED]);
  return exitCode === 0;
}
