export { type ExportOptions, exportGguf } from "./export-gguf.js";
