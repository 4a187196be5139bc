export { runTurn, type Tool, type TurnEvent, type TurnOptions } from "./loop/run-turn.js";
export { calculate, calculatorDefinition, calculatorTool } from "./tools/calculator.js";
