export { PARITY_TOLERANCES, type ParityCheck, type ParityOptions, runParity } from "./parity.js";
