export type { Environment } from "./environment.js";
export { EnvironmentError, type EnvironmentErrorCode } from "./errors.js";
export type { FinishedRollout, Reward } from "./reward.js";
export { DOMAINS, type Domain, type Split, type Task, type TaskRequest, taskOf } from "./task.js";
export { STYLES, type Style, type Taskset } from "./taskset.js";
