export { BOTH_FORMS, PARITY_TOLERANCES, type ParityCheck } from "./check.js";
export { relativeNormError } from "./compare.js";
export { readTokens } from "./golden-tokens.js";
export { checkForward, type ParityOptions } from "./parity.js";
