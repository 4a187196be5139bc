export {
  defineTaskset,
  type GeneratedTaskset,
  type Problem,
  type Solution,
  type TasksetDefinition,
  withRewards,
} from "./define-taskset.js";
export { splitOf } from "./draw-task.js";
export type { Environment } from "./environment.js";
export { EnvironmentError, type EnvironmentErrorCode } from "./errors.js";
export { answerText, type FinishedRollout, type Reward, type Scores } from "./reward.js";
export { correct } from "./rewards/correct.js";
export { exactAnswer } from "./rewards/exact-answer.js";
export { judge, type Verdict } from "./rollout/judge.js";
export type { RolloutPolicy, Sampling } from "./rollout/policy.js";
export { type RolloutOptions, runRollout } from "./rollout/run-rollout.js";
export { DOMAINS, type Domain, type Split, type Task, type TaskRequest, taskOf } from "./task.js";
export { STYLES, type Style, type Taskset } from "./taskset.js";
export { TASKSETS, tasksetNamed } from "./tasksets/index.js";
