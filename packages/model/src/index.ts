export * from "./checkpoint/index.js";
export * from "./config/index.js";
export { ModelError, type ModelErrorCode } from "./errors.js";
export * from "./gguf/index.js";
export { inspectConfig, type ModelFacts } from "./inspect/inspect-config.js";
export * from "./network/index.js";
export * from "./parity/index.js";
export * from "./source/index.js";
export * from "./tokenizer/index.js";
