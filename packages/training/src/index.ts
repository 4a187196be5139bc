export * from "./data/index.js";
export { TrainingError, type TrainingErrorCode } from "./errors.js";
