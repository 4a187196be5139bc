export type { IndexerConfig, ModelConfig, RopeScaling } from "./config.js";
export { formatConfig } from "./format-config.js";
export { parseConfig, readConfig } from "./parse-config.js";
