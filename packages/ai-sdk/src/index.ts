export type { CachalotOptions } from "./call-request.js";
export { createCachalot } from "./language-model.js";
