import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** The native addon: one entry point for every kernel (see native/addon.cc). */
export interface Addon {
  /** The instruction set chosen for this machine: "avx512", "avx2" or "portable". */
  readonly isa: string;
  readonly kernels: readonly string[];
  threads(): number;
  setThreads(count: number): void;
  /** Where a buffer's memory lies. */
  addressOf(buffer: ArrayBuffer): number;
  /**
   * Runs the call that is written in `frame` (see `decode_call` in native/kernel_host.h).
   */
  run(frame: Float64Array): void;
}

let loaded: { addon: Addon } | { reason: string } | undefined;

/** Loads the addon once; where it cannot be, says why. */
export function loadAddon(): { addon: Addon } | { reason: string } {
  if (loaded) return loaded;
  const path = fileURLToPath(new URL("../../../build/cachalot.node", import.meta.url));
  if (process.env.CACHALOT_DISABLE_NATIVE) loaded = { reason: "CACHALOT_DISABLE_NATIVE is set" };
  else if (!existsSync(path))
    loaded = { reason: "the native addon is not built; run `npm run build` with a C++ compiler" };
  else {
    try {
      loaded = { addon: createRequire(import.meta.url)(path) as Addon };
    } catch (error) {
      loaded = { reason: `the native addon does not load: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
  return loaded;
}
