export * from "./chat-model.js";
export * from "./completion-model.js";
export * from "./errors.js";
export * from "./messages.js";
