import { ModelError } from "../errors.js";
import { parseStrictJson } from "../json/strict-json.js";
import type { SourceFile } from "../source/source.js";
import { SAFETENSORS_DTYPES, type SafetensorsDtype } from "./dtypes.js";

/** Where a tensor lies in its file. */
export interface TensorEntry {
  dtype: SafetensorsDtype;
  shape: readonly number[];
  /** First byte and the byte behind the last, from the start of the file. */
  begin: number;
  end: number;
}

/** The limit of the format's own implementation. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Reads and checks the header of a safetensors file. Nothing is allocated from a number before it was compared with
 * the file's true size, and the tensors must cover the data exactly: no gap, no overlap.
 * @throws ModelError `invalid_checkpoint` or `unsupported_dtype` naming file and tensor.
 */
export async function readHeader(file: SourceFile): Promise<Map<string, TensorEntry>> {
  const { path, size } = file;
  const fail = (reason: string): never => {
    throw new ModelError("invalid_checkpoint", `${path}: ${reason}; the file is damaged, download or write it again`);
  };
  if (size < 8) fail(`${size} bytes are too few for a safetensors file`);
  if (await isLfsPointer(file))
    throw new ModelError(
      "invalid_checkpoint",
      `${path} is a Git LFS pointer, not the weights it stands for; run \`git lfs pull\` in its repository, or download the file`,
    );
  const wide = new DataView((await file.read(0, 8)).buffer).getBigUint64(0, true);
  if (wide > BigInt(MAX_HEADER_BYTES)) fail(`its header claims ${wide} bytes, more than ${MAX_HEADER_BYTES}`);
  const length = Number(wide);
  if (8 + length > size) fail(`its header claims ${length} bytes, but the file has ${size}`);
  const header = parseStrictJson(await file.read(8, length), path, "invalid_checkpoint");
  if (typeof header !== "object" || header === null || Array.isArray(header))
    return fail("its header is no JSON object");
  const entries = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") checkMetadata(value, fail);
    else entries.set(name, parseEntry(name, value, 8 + length, size, path, fail));
  }
  checkCoverage(entries, 8 + length, size, fail);
  return entries;
}

/** The first words of the text that Git leaves in a file's place where LFS did not fetch it. */
const LFS_POINTER = "version https://git-lfs.github.com/spec/";

async function isLfsPointer(file: SourceFile): Promise<boolean> {
  return String.fromCharCode(...(await file.read(0, LFS_POINTER.length))) === LFS_POINTER;
}

function checkMetadata(value: unknown, fail: (reason: string) => never): void {
  const strings = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!strings || Object.values(value).some((item) => typeof item !== "string"))
    fail("__metadata__ must map strings to strings");
}

function parseEntry(
  name: string,
  value: unknown,
  dataStart: number,
  fileSize: number,
  path: string,
  fail: (reason: string) => never,
): TensorEntry {
  const label = `tensor "${name.slice(0, 200)}"`;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fail(`${label} is no JSON object`);
  const { dtype, shape, data_offsets: offsets, ...others } = value as Record<string, unknown>;
  const stranger = Object.keys(others)[0];
  if (stranger !== undefined) fail(`${label} has an unknown field "${stranger.slice(0, 200)}"`);
  if (typeof dtype !== "string") return fail(`${label} has no dtype`);
  if (!Object.hasOwn(SAFETENSORS_DTYPES, dtype))
    throw new ModelError(
      "unsupported_dtype",
      `${path}: ${label} has dtype ${dtype.slice(0, 40)}; convert it to BF16 or F32`,
    );
  if (!isNumberList(shape)) return fail(`${label} has a shape that is no list of whole numbers`);
  if (!isNumberList(offsets) || offsets.length !== 2) return fail(`${label} has no two data_offsets`);
  const [begin, end] = offsets as [number, number];
  if (begin > end) fail(`${label} ends (${end}) before it begins (${begin})`);
  if (dataStart + end > fileSize) fail(`${label} ends at byte ${dataStart + end}, but the file has ${fileSize}`);
  let bytes: number = SAFETENSORS_DTYPES[dtype as SafetensorsDtype];
  for (const dim of shape) {
    bytes *= dim;
    // A later 0 would hide it.
    if (bytes > Number.MAX_SAFE_INTEGER) fail(`${label} has a shape of more than 2^53 bytes`);
  }
  if (bytes !== end - begin)
    fail(`${label} of ${dtype} [${shape}] needs ${bytes} bytes, but its data_offsets hold ${end - begin}`);
  return { dtype: dtype as SafetensorsDtype, shape, begin: dataStart + begin, end: dataStart + end };
}

/** A short list of integers from 0 to 2^53. */
function isNumberList(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= 32 && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function checkCoverage(
  entries: ReadonlyMap<string, TensorEntry>,
  dataStart: number,
  fileSize: number,
  fail: (reason: string) => never,
): void {
  const sorted = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let at = dataStart;
  for (const [name, { begin, end }] of sorted) {
    if (begin < at) fail(`tensor "${name}" overlaps the one before it`);
    if (begin > at) fail(`${begin - at} bytes before tensor "${name}" belong to no tensor`);
    at = end;
  }
  if (at !== fileSize) fail(`${fileSize - at} bytes at the end belong to no tensor`);
}
