export type { EngineStats } from "./engine-client.js";
export { EngineError, type EngineErrorCode } from "./errors.js";
export { LocalEngine } from "./local-engine.js";
export { type InProcessPolicy, openPolicy, type PolicyNetwork, type PolicyOptions } from "./policy/open-policy.js";
export { type EngineOptions, startEngine } from "./start-engine.js";
