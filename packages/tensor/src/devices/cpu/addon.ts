import { createRequire } from "node:module";
import { findAddon } from "./addon-file.js";

/** The native addon: one entry point for every kernel (see native/addon.cc). */
export interface Addon {
  /** The instruction set chosen for this machine: "avx512", "avx2" or "portable". */
  readonly isa: string;
  readonly kernels: readonly string[];
  /** Whether every kernel is there for an instruction set that this machine has. */
  readonly complete: boolean;
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

/** Loads the addon once, compiled at its first use; where it cannot be, says why. */
export function loadAddon(): { addon: Addon } | { reason: string } {
  if (loaded) return loaded;
  if (process.env.CACHALOT_DISABLE_NATIVE) loaded = { reason: "CACHALOT_DISABLE_NATIVE is set" };
  else {
    const file = findAddon();
    loaded = "path" in file ? open(file.path) : file;
  }
  return loaded;
}

function open(path: string): { addon: Addon } | { reason: string } {
  try {
    const addon = createRequire(import.meta.url)(path) as Addon;
    if (addon.complete) return { addon };
    return {
      reason: `the kernels in ${path} were compiled for another machine; delete it, and they are compiled for this one`,
    };
  } catch (error) {
    return { reason: `the native addon does not load: ${error instanceof Error ? error.message : String(error)}` };
  }
}
