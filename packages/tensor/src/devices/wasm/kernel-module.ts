import { TensorError } from "../../errors.js";

/** What native/wasm/module.cc exports. Addresses and sizes are signed 32-bit numbers, as JavaScript sees them. */
export interface KernelModule {
  readonly memory: { readonly buffer: ArrayBuffer };
  _initialize(): void;
  kernelNames(): number;
  allocate(bytes: number): number;
  release(address: number): void;
  run(frame: number, length: number): number;
}

/** The part of the WebAssembly API used here; neither ES2023 nor Node's types declare it. */
interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<object>;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: object };
  RuntimeError: new () => Error;
}

export const webAssembly = (globalThis as unknown as { WebAssembly?: WebAssemblyApi }).WebAssembly;

/** A module's own memory, its kernels registered. */
export function instantiate(module: object): KernelModule {
  // The C++ runtime's abort message would go to a file; there is none, and the trap that follows says enough.
  const noFile = () => 8;
  const imports = { wasi_snapshot_preview1: { fd_close: noFile, fd_seek: noFile, fd_write: noFile } };
  const kernels = new webAssembly!.Instance(module, imports).exports as KernelModule;
  kernels._initialize();
  return kernels;
}

/** The null-terminated ASCII text at an address. */
export function textAt(kernels: KernelModule, address: number): string {
  const bytes = new Uint8Array(kernels.memory.buffer, address >>> 0);
  return String.fromCharCode(...bytes.subarray(0, bytes.indexOf(0)));
}

/** @throws TensorError `device_unavailable` where the engine has no WebAssembly, or cannot run the file. */
export function compile(bytes: Uint8Array): object {
  return new (available().Module)(bytes);
}

/** `compile` without blocking: pages must not, on their main thread. */
export function compileAsync(bytes: Uint8Array): Promise<object> {
  return available().compile(bytes);
}

function available(): WebAssemblyApi {
  if (webAssembly) return webAssembly;
  throw new TensorError("device_unavailable", "this JavaScript engine has no WebAssembly; use the reference device");
}
