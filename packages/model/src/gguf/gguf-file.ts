/** The GGUF v3 container: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */

import { writeAtomic } from "@cachalot/files";
import { ModelError } from "../errors.js";

const MAGIC = 0x46554747;
const VERSION = 3;
const ALIGNMENT = 32;

const VALUE_TYPES = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 } as const;

export type GgufValue =
  | { type: "u32" | "f32"; value: number }
  | { type: "bool"; value: boolean }
  | { type: "string"; value: string }
  | { type: "strings"; value: readonly string[] }
  | { type: "i32s"; value: readonly number[] };

/** Element types by ggml's numbers, with the size of a block. */
export const GGML_TYPES = {
  f32: { id: 0, block: 1, bytes: 4 },
  q8_0: { id: 8, block: 32, bytes: 34 },
  bf16: { id: 30, block: 1, bytes: 2 },
} as const;

export type GgmlType = keyof typeof GGML_TYPES;

/** A tensor to write: `bytes` is asked for when its turn comes, so that one at a time is in memory. */
export interface GgufTensor {
  name: string;
  /** Row-major, as we write shapes: the last dimension is contiguous. */
  shape: readonly number[];
  type: GgmlType;
  bytes(): Promise<Uint8Array>;
}

/** Bytes of a tensor. @throws ModelError `shape_mismatch` when its rows are not whole blocks. */
function tensorBytes({ name, shape, type }: GgufTensor): number {
  const { block, bytes } = GGML_TYPES[type];
  if (shape.at(-1)! % block !== 0)
    throw new ModelError(
      "shape_mismatch",
      `${name} [${shape}] cannot be ${type}: its rows are not whole blocks of ${block}`,
    );
  return (shape.reduce((product, dim) => product * dim, 1) / block) * bytes;
}

const aligned = (offset: number) => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;

/** Little-endian pieces, joined at the end. */
class Writer {
  private readonly parts: Uint8Array[] = [];
  length = 0;

  put(bytes: Uint8Array): this {
    this.parts.push(bytes);
    this.length += bytes.length;
    return this;
  }
  u32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return this.put(bytes);
  }
  u64(value: number): this {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    return this.put(bytes);
  }
  string(text: string): this {
    const bytes = Buffer.from(text);
    return this.u64(bytes.length).put(bytes);
  }
  value(value: GgufValue): this {
    switch (value.type) {
      case "u32":
        return this.u32(VALUE_TYPES.u32).u32(value.value);
      case "f32": {
        const bytes = Buffer.alloc(4);
        bytes.writeFloatLE(value.value);
        return this.u32(VALUE_TYPES.f32).put(bytes);
      }
      case "bool":
        return this.u32(VALUE_TYPES.bool).put(Uint8Array.of(value.value ? 1 : 0));
      case "string":
        return this.u32(VALUE_TYPES.string).string(value.value);
      case "strings":
        this.u32(VALUE_TYPES.array).u32(VALUE_TYPES.string).u64(value.value.length);
        for (const text of value.value) this.string(text);
        return this;
      case "i32s":
        this.u32(VALUE_TYPES.array).u32(VALUE_TYPES.i32).u64(value.value.length);
        return this.put(new Uint8Array(Int32Array.from(value.value).buffer));
    }
  }
  bytes(): Uint8Array {
    return Buffer.concat(this.parts);
  }
}

function headerBytes(metadata: ReadonlyMap<string, GgufValue>, tensors: readonly GgufTensor[]): Uint8Array {
  const writer = new Writer().u32(MAGIC).u32(VERSION).u64(tensors.length).u64(metadata.size);
  for (const [key, value] of metadata) writer.string(key).value(value);
  let offset = 0;
  for (const tensor of tensors) {
    writer.string(tensor.name).u32(tensor.shape.length);
    for (const dim of tensor.shape.toReversed()) writer.u64(dim);
    writer.u32(GGML_TYPES[tensor.type].id).u64(offset);
    offset = aligned(offset + tensorBytes(tensor));
  }
  return writer.put(new Uint8Array(aligned(writer.length) - writer.length)).bytes();
}

/** Writes a GGUF file, atomically. */
export async function writeGguf(
  path: string,
  metadata: ReadonlyMap<string, GgufValue>,
  tensors: readonly GgufTensor[],
): Promise<void> {
  await writeAtomic(path, async (file) => {
    await file.writeFile(headerBytes(metadata, tensors));
    for (const tensor of tensors) {
      const bytes = await tensor.bytes();
      const size = tensorBytes(tensor);
      if (bytes.length !== size)
        throw new ModelError(
          "shape_mismatch",
          `${tensor.name} has ${bytes.length} bytes instead of ${size}; please report this`,
        );
      await file.writeFile(bytes);
      await file.writeFile(new Uint8Array(aligned(size) - size));
    }
  });
}
