export { requireAligned } from "./alignment.js";
export { RolloutsError, type RolloutsErrorCode } from "./errors.js";
export { exportRollouts, ROLLOUT_EXPORTS } from "./exports/index.js";
export { type ExportRow, groupAdvantages, type RolloutExport } from "./exports/rollout-export.js";
export { readRollouts } from "./parquet/read-rollouts.js";
export { writeRollouts } from "./parquet/write-rollouts.js";
export type { RolloutsOfStep } from "./rollouts-of-step.js";
