export { blobSource } from "./blob-source.js";
export type { HttpSourceOptions } from "./http-options.js";
export { httpSource } from "./http-source.js";
export type { CheckpointLocation, CheckpointSource, SourceFile } from "./source.js";
