export type { EngineStats, GenerationStep } from "./engine-client.js";
export type { EngineDescription } from "./engine-description.js";
export { EngineError, type EngineErrorCode } from "./errors.js";
export { LocalEngine } from "./local-engine.js";
export type { ObservedModel, ObservedToken, ObserveOptions } from "./observation.js";
export { type InProcessPolicy, openPolicy, type PolicyNetwork, type PolicyOptions } from "./policy/open-policy.js";
export { type EngineOptions, startEngine } from "./start-engine.js";
