import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatConfig, type ModelConfig } from "../config/index.js";
import { float32ToBfloat16 } from "./convert.js";

/** A tensor to write; bf16 is rounded from the float32 values given. */
export type WritableTensor = { name: string; shape: readonly number[] } & (
  | { dtype: "f32" | "bf16"; data: Float32Array }
  | { dtype: "i32"; data: Int32Array }
  | { dtype: "i64"; data: BigInt64Array }
);

const DTYPES = { f32: ["F32", 4], bf16: ["BF16", 2], i32: ["I32", 4], i64: ["I64", 8] } as const;

/** Writes a safetensors file under a temporary name and renames it when it is complete and on disk. */
export async function writeSafetensors(
  path: string,
  tensors: readonly WritableTensor[],
  metadata: Readonly<Record<string, string>> = { format: "pt" },
): Promise<void> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, dtype, shape, data } of tensors) {
    const [stored, bytes] = DTYPES[dtype];
    const end = offset + data.length * bytes;
    header[name] = { dtype: stored, shape, data_offsets: [offset, end] };
    offset = end;
  }
  let text = JSON.stringify(header);
  // Spaces, so that the data begins at a multiple of 8 bytes.
  text += " ".repeat((8 - (Buffer.byteLength(text) % 8)) % 8);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(Buffer.byteLength(text)));
  await replaceFile(path, async (temporary) => {
    const file = await open(temporary, "w");
    try {
      await file.write(Buffer.concat([prefix, Buffer.from(text)]));
      for (const tensor of tensors) {
        const stored = tensor.dtype === "bf16" ? float32ToBfloat16(tensor.data) : tensor.data;
        await file.write(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength));
      }
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/** Writes config.json and model.safetensors into a directory, which is made where it is missing. */
export async function writeCheckpoint(
  dir: string,
  { config, tensors }: { config: ModelConfig; tensors: readonly WritableTensor[] },
): Promise<void> {
  await mkdir(dir, { recursive: true });
  const torchDtype = tensors.some(({ dtype }) => dtype === "bf16") ? "bfloat16" : "float32";
  const text = `${JSON.stringify(formatConfig(config, torchDtype), null, 2)}\n`;
  await replaceFile(join(dir, "config.json"), (temporary) => writeFile(temporary, text));
  await writeSafetensors(join(dir, "model.safetensors"), tensors);
}

async function replaceFile(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
