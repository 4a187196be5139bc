/** Entry for pages: the engine runs in a Web Worker. */
export type { EngineStats } from "./engine-client.js";
export { EngineError, type EngineErrorCode } from "./errors.js";
export { LocalEngine } from "./local-engine.js";
export { startEngine, type WebEngineOptions } from "./start-web-engine.js";
