export { lockForProcess, type ProcessLock } from "./process-lock.js";
export { isTemporary, replaceAtomic, writeAtomic, writeDirectoryAtomic } from "./write-atomic.js";
