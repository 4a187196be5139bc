import { readConfig } from "../config/index.js";
import { ModelError } from "../errors.js";
import { hasFile, openRequired, sourceOf } from "../source/open.js";
import type { CheckpointLocation, CheckpointSource, SourceFile } from "../source/source.js";
import { bfloat16ToFloat32, float8ToFloat32, float16ToFloat32 } from "./convert.js";
import { type SafetensorsDtype, type TensorData, viewTensor } from "./dtypes.js";
import { readHeader, type TensorEntry } from "./header.js";
import { fromInt8Rows, INT8_SCALE_SUFFIX } from "./int8-rows.js";
import { planShards } from "./shards.js";

/** A tensor as it is stored. */
export interface StoredTensor {
  dtype: SafetensorsDtype;
  shape: readonly number[];
  /** BF16, F16 and FP8 as raw bits. */
  data: TensorData;
}

const FP8_SCALE_SUFFIX = "_scale_inv";
const DEFAULT_BLOCK = [128, 128] as const;

/** An open checkpoint. Only headers are in memory; tensors are read one at a time. */
export class Checkpoint {
  constructor(
    private readonly entries: ReadonlyMap<string, TensorEntry & { file: SourceFile }>,
    private readonly files: readonly SourceFile[],
    private readonly block: readonly [number, number],
  ) {}

  /** Tensor names, without the scales of FP8 and int8 weights. */
  names(): string[] {
    return [...this.entries.keys()].filter((name) => !this.isScale(name));
  }

  has(name: string): boolean {
    return this.entries.has(name) && !this.isScale(name);
  }

  info(name: string): { dtype: SafetensorsDtype; shape: readonly number[] } {
    const { dtype, shape } = this.entry(name);
    return { dtype, shape };
  }

  /** Bytes of all tensors, as stored. */
  get bytes(): number {
    let total = 0;
    for (const { begin, end } of this.entries.values()) total += end - begin;
    return total;
  }

  /** Reads one tensor as stored. @throws ModelError `missing_tensor`, `invalid_checkpoint`. */
  async read(name: string): Promise<StoredTensor> {
    const { dtype, shape, begin, end, file } = this.entry(name);
    const bytes = await readBytes(file, begin, end - begin, name);
    return { dtype, shape, data: viewTensor(dtype, bytes.buffer) };
  }

  /**
   * Reads one tensor as float32: BF16 and F16 widened, F8_E4M3 and I8 multiplied with their scales.
   * @throws ModelError `unsupported_dtype` for other integers, F64 and F8_E5M2, `missing_tensor` for absent scales.
   */
  async readF32(name: string): Promise<Float32Array> {
    const { dtype, shape, data } = await this.read(name);
    switch (dtype) {
      case "F32":
        return data as Float32Array;
      case "BF16":
        return bfloat16ToFloat32(data as Uint16Array);
      case "F16":
        return float16ToFloat32(data as Uint16Array);
      case "F8_E4M3":
        return this.dequantise(name, shape, float8ToFloat32(data as Uint8Array));
      case "I8":
        return fromInt8Rows({ values: data as Int8Array, scales: await this.rowScales(name, shape) });
      default:
        throw new ModelError(
          "unsupported_dtype",
          `${name} is ${dtype}; weights may be F32, BF16, F16, F8_E4M3 or I8: convert it to BF16`,
        );
    }
  }

  /**
   * Reads a weight: `readF32`, and every number of it finite.
   * @throws ModelError as `readF32`; `invalid_checkpoint` naming the tensor and where the first NaN or infinity lies.
   */
  async readWeight(name: string): Promise<Float32Array> {
    const values = await this.readF32(name);
    const at = firstNotFinite(values);
    if (at < 0) return values;
    const place = this.info(name).shape.reduceRight<{ rest: number; index: number[] }>(
      ({ rest, index }, dim) => ({ rest: Math.floor(rest / dim), index: [rest % dim, ...index] }),
      { rest: at, index: [] },
    );
    throw new ModelError(
      "invalid_checkpoint",
      `${name}[${place.index}] is ${values[at]}: the weights are damaged or the training diverged; download them again, or take an earlier checkpoint`,
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.files.map((file) => file.close()));
  }

  private entry(name: string): TensorEntry & { file: SourceFile } {
    const entry = this.entries.get(name);
    if (!entry)
      throw new ModelError("missing_tensor", `the checkpoint has no tensor ${name}; check that it is complete`);
    return entry;
  }

  private isScale(name: string): boolean {
    return [FP8_SCALE_SUFFIX, INT8_SCALE_SUFFIX].some(
      (suffix) => name.endsWith(suffix) && this.entries.has(name.slice(0, -suffix.length)),
    );
  }

  /** A scale for every row of an int8 matrix. */
  private async rowScales(name: string, shape: readonly number[]): Promise<Float32Array> {
    const scaleName = `${name}${INT8_SCALE_SUFFIX}`;
    const found = this.info(scaleName);
    if (shape.length !== 2 || found.dtype !== "F32" || found.shape.join() !== `${shape[0]},1`)
      throw new ModelError(
        "shape_mismatch",
        `${scaleName} is ${found.dtype} [${found.shape}], but ${name} [${shape}] of 8-bit rows needs F32 [${shape[0]},1]; write the checkpoint again`,
      );
    return (await this.read(scaleName)).data as Float32Array;
  }

  /** `W[r,c] = q[r,c] scale_inv[r / blockRows, c / blockColumns]`, edge blocks being partial. */
  private async dequantise(name: string, shape: readonly number[], values: Float32Array): Promise<Float32Array> {
    const scaleName = `${name}${FP8_SCALE_SUFFIX}`;
    const [rows, columns] = shape as [number, number];
    const [blockRows, blockColumns] = this.block;
    const wanted = [Math.ceil(rows / blockRows), Math.ceil(columns / blockColumns)] as const;
    const found = this.info(scaleName);
    if (shape.length !== 2 || found.dtype !== "F32" || found.shape.join() !== wanted.join())
      throw new ModelError(
        "shape_mismatch",
        `${scaleName} is ${found.dtype} [${found.shape}], but ${name} [${shape}] in blocks of ${this.block.join("x")} needs F32 [${wanted}]; check weight_block_size in config.json`,
      );
    const scales = (await this.read(scaleName)).data as Float32Array;
    for (let r = 0; r < rows; r++)
      for (let block = 0; block < wanted[1]; block++) {
        const scale = scales[Math.floor(r / blockRows) * wanted[1] + block]!;
        const end = r * columns + Math.min((block + 1) * blockColumns, columns);
        for (let i = r * columns + block * blockColumns; i < end; i++) values[i] = values[i]! * scale;
      }
    return values;
  }
}

/**
 * Opens a checkpoint: a directory or one safetensors file, by path or http(s) address, or a source. Checks every header.
 * @throws ModelError naming the file and what is wrong with it.
 */
export async function openCheckpoint(location: CheckpointLocation): Promise<Checkpoint> {
  const source = sourceOf(location);
  const { files, weightMap } = await planShards(source);
  const handles: SourceFile[] = [];
  const entries = new Map<string, TensorEntry & { file: SourceFile }>();
  try {
    for (const shard of files) {
      const file = await openRequired(source, shard);
      handles.push(file);
      for (const [name, entry] of await readHeader(file)) {
        const where = weightMap?.get(name);
        if (entries.has(name) || (weightMap && where !== shard))
          throw new ModelError(
            "invalid_checkpoint",
            `${file.path} holds ${name}, which the index places in ${where ?? "no file"}; download the checkpoint again`,
          );
        entries.set(name, { ...entry, file });
      }
    }
    for (const [name, shard] of weightMap ?? [])
      if (!entries.has(name))
        throw new ModelError("invalid_checkpoint", `${shard} should hold ${name} but does not; download it again`);
    return new Checkpoint(entries, handles, await blockSize(source));
  } catch (error) {
    await Promise.all(handles.map((file) => file.close()));
    throw error;
  }
}

/** Index of the first NaN or infinity, -1 where there is none. */
function firstNotFinite(values: Float32Array): number {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) if ((bits[i]! & 0x7f800000) === 0x7f800000) return i;
  return -1;
}

/** @throws ModelError `invalid_checkpoint` where the bytes cannot be had. */
async function readBytes(
  file: SourceFile,
  offset: number,
  length: number,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const fail = (reason: string): never => {
    throw new ModelError("invalid_checkpoint", `${file.path}: ${reason}`);
  };
  try {
    const bytes = await file.read(offset, length);
    return bytes.length === length ? bytes : fail("it became shorter while it was read; write it again");
  } catch (error) {
    if (error instanceof RangeError)
      return fail(`${name} has ${length} bytes, more than fit; use a machine with more memory`);
    if (error instanceof ModelError) throw error;
    return fail(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function blockSize(source: CheckpointSource): Promise<readonly [number, number]> {
  if (source.file || !(await hasFile(source, "config.json"))) return DEFAULT_BLOCK;
  return (await readConfig(source)).weightBlockSize ?? DEFAULT_BLOCK;
}
