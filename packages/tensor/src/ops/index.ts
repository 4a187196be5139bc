export { accumulate } from "./accumulate/op.js";
export { rmsNorm } from "./rms-norm/op.js";
