export { blobSource } from "./blob-source.js";
export { type HttpSourceOptions, httpSource } from "./http-source.js";
export type { CheckpointLocation, CheckpointSource, SourceFile } from "./source.js";
