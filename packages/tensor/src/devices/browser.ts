import { TensorError } from "../errors.js";
import { reference } from "./reference/index.js";
import { devicesOf } from "./registry.js";
import { wasmFetched } from "./wasm/wasm-kind.js";

/** Where the page serves `kernels.wasm` of this package. Beside the module by default, as it lies in the package. */
let kernelsAddress = new URL("../../wasm/kernels.wasm", import.meta.url).href;

/** Says where `kernels.wasm` is, for pages whose scripts are bundled; the package exports the file as `@cachalot/tensor/kernels.wasm`. */
export function setKernelsAddress(address: string): void {
  kernelsAddress = address;
}

async function fetchKernels(): Promise<Uint8Array> {
  const response = await fetch(kernelsAddress);
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  throw new TensorError(
    "device_unavailable",
    `${kernelsAddress}: the server answers ${response.status}; serve kernels.wasm there, or say where it is`,
  );
}

/** The devices of a page, in order of choice. `openDevice` makes them ready. */
const devices = devicesOf([wasmFetched(fetchKernels), reference]);

export type DeviceName = (typeof devices)["deviceNames"][number];

export const { createDevice, defaultDevice, deviceNames, openDevice, unavailableReason } = devices;
