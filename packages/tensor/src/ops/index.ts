export { accumulate } from "./accumulate/op.js";
export { groupedLinear } from "./grouped-linear/op.js";
export { headLinear } from "./head-linear/op.js";
export { linear } from "./linear/op.js";
export { rmsNorm } from "./rms-norm/op.js";
