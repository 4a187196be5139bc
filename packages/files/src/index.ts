export { isTemporary, replaceAtomic, writeAtomic, writeDirectoryAtomic } from "./write-atomic.js";
