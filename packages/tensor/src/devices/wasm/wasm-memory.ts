import { TensorError } from "../../errors.js";
import type { Block, Memory } from "../../storage.js";
import type { KernelModule } from "./kernel-module.js";

/** Largest memory of 32-bit WebAssembly, bytes. */
const MOST_BYTES = 2 ** 32;

/** Largest single piece: the kernels' pointer differences are 32-bit. */
const MOST_BLOCK_BYTES = 2 ** 31 - 2 ** 16;

/** A piece of the module's memory. Growing replaces the buffer, never the address. */
class WasmBlock implements Block {
  constructor(
    private readonly memory: KernelModule["memory"],
    readonly address: number,
    readonly byteLength: number,
  ) {}

  get buffer(): ArrayBuffer {
    return this.memory.buffer;
  }

  get byteOffset(): number {
    return this.address;
  }
}

/** The heap of a WebAssembly module, which grows as blocks are asked for and keeps what it has. */
export class WasmMemory implements Memory {
  constructor(private readonly kernels: KernelModule) {}

  /** @throws TensorError `out_of_memory` */
  allocate(bytes: number): Block {
    const address = bytes > MOST_BLOCK_BYTES ? 0 : this.kernels.allocate(bytes) >>> 0;
    if (address === 0) throw this.full(`a tensor of ${mebibytes(bytes)} MiB`);
    return new WasmBlock(this.kernels.memory, address, bytes);
  }

  free(block: Block): void {
    this.kernels.release(block.byteOffset);
  }

  full(what: string): TensorError {
    return new TensorError(
      "out_of_memory",
      `no room for ${what} in the wasm device's memory (${mebibytes(this.kernels.memory.buffer.byteLength)} MiB in use, ` +
        `${mebibytes(MOST_BYTES)} MiB at most, ${mebibytes(MOST_BLOCK_BYTES)} MiB a tensor); ` +
        "use weights of fewer bits, a smaller cache, or the cpu device",
    );
  }
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}
