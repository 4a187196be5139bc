export { SandboxError, type SandboxErrorCode } from "./errors.js";
export type { Exchange, ExchangeOptions, Interpreter } from "./interpreter.js";
export type { SandboxLimits } from "./limits.js";
export { openNotebook } from "./notebook.js";
export type { CommandEnd, CommandOptions, CommandResult } from "./run-command.js";
export { createSandbox, runInSandbox, type Sandbox, sandboxUnavailableReason } from "./sandbox.js";
export { openShell } from "./shell.js";
export { restoreWorkspace, saveWorkspace } from "./workspace-archive.js";
