export {
  type ParquetColumn,
  type ParquetTable,
  type ParquetType,
  parquetBytes,
  readParquet,
  writeParquet,
} from "./parquet.js";
export { lockForProcess, type ProcessLock } from "./process-lock.js";
export { type Line, readLines } from "./read-lines.js";
export { isTemporary, replaceAtomic, writeAtomic, writeDirectoryAtomic } from "./write-atomic.js";
