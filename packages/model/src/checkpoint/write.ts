import type { FileHandle } from "node:fs/promises";
import { writeAtomic } from "@cachalot/files";
import { ModelError } from "../errors.js";
import { float32ToBfloat16 } from "./convert.js";

/** A tensor to write; bf16 is rounded from the float32 values given. */
export type WritableTensor = { name: string; shape: readonly number[] } & (
  | { dtype: "f32" | "bf16"; data: Float32Array }
  | { dtype: "i8"; data: Int8Array }
  | { dtype: "i32"; data: Int32Array }
  | { dtype: "i64"; data: BigInt64Array }
);

/** A tensor whose values are read when it is its turn to be written, as from a device: only one is in memory at a time. */
export interface DeferredTensor {
  name: string;
  shape: readonly number[];
  dtype: "f32" | "bf16" | "i8";
  read(): Promise<Float32Array | Int8Array>;
}

export type AnyTensor = WritableTensor | DeferredTensor;

const DTYPES = { f32: ["F32", 4], bf16: ["BF16", 2], i32: ["I32", 4], i64: ["I64", 8], i8: ["I8", 1] } as const;

/** Elements rounded and written at a time. */
const CHUNK = 2 ** 20;

/**
 * Writes a safetensors file, atomically. Tensors are ordered
 * by element size, widest first, then name: each is aligned, and the same tensors make the same file.
 * @throws ModelError `invalid_checkpoint` for a name given twice, `shape_mismatch` for data of another length.
 */
export async function writeSafetensors(
  path: string,
  tensors: readonly AnyTensor[],
  metadata: Readonly<Record<string, string>> = { format: "pt" },
): Promise<void> {
  checkTensors(tensors);
  const ordered = [...tensors].sort((a, b) => DTYPES[b.dtype][1] - DTYPES[a.dtype][1] || (a.name < b.name ? -1 : 1));
  await writeAtomic(path, async (file) => {
    await writeAll(file, formatHeader(ordered, metadata));
    for (const tensor of ordered) {
      const data = "read" in tensor ? await tensor.read() : tensor.data;
      requireSize(tensor, data.length);
      for (let start = 0; start < data.length; start += CHUNK) {
        const part = data.subarray(start, start + CHUNK);
        await writeAll(file, tensor.dtype === "bf16" ? float32ToBfloat16(part as Float32Array) : part);
      }
    }
  });
}

/** Of the tensor in its file. */
export const byteLength = (tensor: AnyTensor): number => sizeOf(tensor) * DTYPES[tensor.dtype][1];

const sizeOf = ({ shape }: AnyTensor): number => shape.reduce((product, dim) => product * dim, 1);

function requireSize(tensor: AnyTensor, length: number): void {
  const size = sizeOf(tensor);
  if (size !== length)
    throw new ModelError(
      "shape_mismatch",
      `${tensor.name} of shape [${tensor.shape}] is given ${length} values; pass ${size}, or another shape`,
    );
}

function checkTensors(tensors: readonly AnyTensor[]): void {
  const names = new Set(["__metadata__"]);
  for (const tensor of tensors) {
    const { name } = tensor;
    if (names.has(name))
      throw new ModelError("invalid_checkpoint", `the tensor name ${name} is taken; give each tensor its own`);
    names.add(name);
    if ("data" in tensor) requireSize(tensor, tensor.data.length);
  }
}

function formatHeader(ordered: readonly AnyTensor[], metadata: Readonly<Record<string, string>>): Uint8Array {
  let offset = 0;
  const entries = ordered.map((tensor) => {
    const [stored] = DTYPES[tensor.dtype];
    const begin = offset;
    offset += byteLength(tensor);
    return [tensor.name, { dtype: stored, shape: tensor.shape, data_offsets: [begin, offset] }] as const;
  });
  const json = Buffer.from(JSON.stringify(Object.fromEntries([["__metadata__", metadata], ...entries])));
  // Spaces, so that the data begins at a multiple of 8 bytes.
  const header = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, " ");
  header.writeBigUInt64LE(BigInt(header.length - 8));
  json.copy(header, 8);
  return header;
}

/** A single write may take less than it is given. */
async function writeAll(file: FileHandle, data: ArrayBufferView): Promise<void> {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
}
