export type { EngineStats } from "./engine-client.js";
export { EngineError, type EngineErrorCode } from "./errors.js";
export { LocalEngine } from "./local-engine.js";
export { type EngineOptions, startEngine } from "./start-engine.js";
