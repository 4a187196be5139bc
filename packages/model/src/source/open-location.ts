import { directorySource } from "./directory-source.js";
import { httpSource } from "./http-source.js";
import type { CheckpointSource } from "./source.js";

/** A path of the file system or an http(s) address; undefined where there is nothing at the path. */
export function openLocation(location: string): CheckpointSource | undefined {
  return /^https?:\/\//i.test(location) ? httpSource(location) : directorySource(location);
}
