import { readFileSync } from "node:fs";
import { wasmFrom } from "./wasm-kind.js";

/** Built by native/build-wasm.mjs and shipped with the package. */
export const wasm = wasmFrom(() => readFileSync(new URL("../../../wasm/kernels.wasm", import.meta.url)));
