import type { DeviceKind } from "../device-kind.js";
import { compile, compileAsync } from "./kernel-module.js";
import { WasmDevice } from "./wasm-device.js";

/** The wasm device over a file that is read at once, when the first device is made, and compiled once. */
export function wasmFrom(read: () => Uint8Array): DeviceKind & { readonly name: "wasm" } {
  let module: object | undefined;
  return {
    name: "wasm",
    unavailableReason() {
      try {
        module ??= compile(read());
        return undefined;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
    create: () => WasmDevice.of(module!),
  };
}

/** The wasm device over a file that must be waited for. */
export function wasmFetched(fetchBytes: () => Promise<Uint8Array>): DeviceKind & { readonly name: "wasm" } {
  let module: object | undefined;
  return {
    name: "wasm",
    unavailableReason: () => (module ? undefined : "its file is not loaded; use `await openDevice()`"),
    async prepare() {
      module ??= await compileAsync(await fetchBytes());
    },
    create: () => WasmDevice.of(module!),
  };
}
