export { ApiError, type ApiErrorType } from "./api-error.js";
export { type AppOptions, createApp } from "./create-app.js";
export { createServer, type RunningServer, type ServerOptions } from "./create-server.js";
export { createGatewayModel } from "./gateway/gateway-model.js";
export { type MemoryOptions, ReasoningMemory } from "./gateway/reasoning-memory.js";
export type { ModelStats } from "./model-stats.js";
