/** Files that hold what people asked and tools answered: for their owner alone. */

import { mkdir } from "node:fs/promises";

/** Mode of such a file. */
export const PRIVATE = 0o600;

/** Makes a directory, and those above it that are missing, which only the owner can enter. */
export async function makePrivateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}
