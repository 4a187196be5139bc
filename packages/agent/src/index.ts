export { calculate, calculatorDefinition } from "./tools/calculator.js";
