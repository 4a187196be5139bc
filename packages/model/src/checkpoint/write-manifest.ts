import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { writeAtomic } from "@cachalot/files";
import { type CheckpointManifest, MANIFEST } from "./manifest.js";

/** Writes the manifest of what a checkpoint directory holds: its safetensors and JSON files. */
export async function writeManifest(dir: string): Promise<CheckpointManifest> {
  const names = (await readdir(dir)).filter((name) => /\.(?:safetensors|json)$/.test(name) && name !== MANIFEST);
  const files: CheckpointManifest["files"] = [];
  for (const name of names.sort()) {
    const hash = createHash("sha256");
    await pipeline(createReadStream(join(dir, name)), hash);
    files.push({ name, bytes: (await stat(join(dir, name))).size, sha256: hash.digest("hex") });
  }
  await writeAtomic(join(dir, MANIFEST), `${JSON.stringify({ files }, null, 2)}\n`);
  return { files };
}
