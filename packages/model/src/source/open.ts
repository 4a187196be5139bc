import { openLocation } from "#open-location";
import { ModelError } from "../errors.js";
import type { CheckpointLocation, CheckpointSource, SourceFile } from "./source.js";

/** @throws ModelError `missing_file` where a path leads nowhere. */
export function sourceOf(location: CheckpointLocation): CheckpointSource {
  if (typeof location !== "string") return location;
  const source = openLocation(location);
  if (source) return source;
  throw new ModelError(
    "missing_file",
    `${location} does not exist; pass a checkpoint directory or a .safetensors file`,
  );
}

/** A file of a source, or undefined where there is none. @throws ModelError `missing_file` where it cannot be opened. */
export async function openIfThere(source: CheckpointSource, name: string): Promise<SourceFile | undefined> {
  try {
    return await source.open(name);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelError(
      "missing_file",
      `cannot open ${source.location}/${name}: ${reason}; check the path and its permissions`,
    );
  }
}

/** A file of a source that must be there. @throws ModelError `missing_file`. */
export async function openRequired(source: CheckpointSource, name: string): Promise<SourceFile> {
  const file = await openIfThere(source, name);
  if (file) return file;
  throw new ModelError(
    "missing_file",
    `there is no ${name} in ${source.location}; check that the checkpoint is complete`,
  );
}

export async function hasFile(source: CheckpointSource, name: string): Promise<boolean> {
  const file = await openIfThere(source, name);
  await file?.close();
  return file !== undefined;
}
