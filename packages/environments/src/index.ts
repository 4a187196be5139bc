export type { Environment } from "./environment.js";
export { EnvironmentError, type EnvironmentErrorCode } from "./errors.js";
export type { FinishedRollout, Reward } from "./reward.js";
export type { RolloutPolicy, Sampling } from "./rollout/policy.js";
export { type RolloutOptions, runRollout } from "./rollout/run-rollout.js";
export { DOMAINS, type Domain, type Split, type Task, type TaskRequest, taskOf } from "./task.js";
export { STYLES, type Style, type Taskset } from "./taskset.js";
