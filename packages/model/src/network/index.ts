export * from "./common.js";
export { type SaveOptions, saveModel } from "./save.js";
