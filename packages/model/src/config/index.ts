export { type IndexerConfig, type ModelConfig, type RopeScaling, withoutMtp } from "./config.js";
export { configText, formatConfig } from "./format-config.js";
export { parseConfig, readConfig } from "./parse-config.js";
export { yarnAttentionFactor, yarnMagnitude } from "./yarn.js";
