export { AgentError, type AgentErrorCode } from "./errors.js";
export { runTurn, type TurnEvent, type TurnOptions } from "./loop/run-turn.js";
export { calculate, calculatorDefinition, calculatorTool } from "./tools/calculator.js";
export { type Tool, type ToolContext, type ToolOptions, tool } from "./tools/tool.js";
