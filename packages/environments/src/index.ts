export {
  type CollectedTask,
  type CollectGroups,
  type CollectTasks,
  collectGroups,
  listTasks,
} from "./collect/collect-groups.js";
export { CONFORMANCE, type ConformanceRule, checkTaskset } from "./conformance/check-taskset.js";
export {
  defineTaskset,
  type GeneratedTaskset,
  type Problem,
  type Solution,
  type TasksetDefinition,
  withRewards,
} from "./define-taskset.js";
export { playDemonstration } from "./demonstration.js";
export { type DemonstrationRequest, type DemonstrationRow, demonstrationRows } from "./demonstration-rows.js";
export { splitOf } from "./draw-task.js";
export type { Environment } from "./environment.js";
export { EnvironmentError, type EnvironmentErrorCode } from "./errors.js";
export { type Equivalence, exactArithmetic } from "./math/equivalence.js";
export { mathVerdict } from "./math/math-verdict.js";
export type { Outcome as MathOutcome, Verdict as MathVerdict } from "./math/verdict.js";
export { type MeasureOptions, measurePolicy, type PassRate } from "./measure/measure-policy.js";
export { wilsonInterval } from "./measure/wilson-interval.js";
export { evaluateInSandbox, type PythonCase, type PythonOutcome } from "./programs/python/in-sandbox.js";
export {
  createQueuedSource,
  type JobQueue,
  type QueuedCollectRequest,
  type QueuedRolloutSource,
  type QueuedSourceOptions,
} from "./queue/create-queued-source.js";
export { FinishedGroups, makeQueueId, queueIdOf, queueName, removeQueue } from "./queue/queue-directory.js";
export {
  type FinishedJob,
  type PolicyPlan,
  type RolloutJob,
  rolloutWorkflow,
  rolloutWorkflowOf,
  type WithPolicy,
} from "./queue/rollout-workflow.js";
export { answerText, type FinishedRollout, type Reward, type Scores } from "./reward.js";
export { type Comparison, compareAnswers, type Judgement, type JudgeOptions } from "./rewards/compare-answers.js";
export { type Constraint, constraintRewards } from "./rewards/constraints.js";
export { correct } from "./rewards/correct.js";
export { exactAnswer } from "./rewards/exact-answer.js";
export {
  type Calibration,
  type CalibrationCase,
  calibrateJudge,
  type JudgedOptions,
  judged,
} from "./rewards/judged.js";
export { languageConsistency } from "./rewards/language-consistency.js";
export { lengthPenalty } from "./rewards/length-penalty.js";
export { listFunctionTests } from "./rewards/list-functions.js";
export { mathEquivalence } from "./rewards/math-equivalence.js";
export { pythonTests } from "./rewards/python-tests.js";
export { SANDBOX_RECHECK, withoutSandbox } from "./rewards/sandbox-recheck.js";
export { type Example, type Interpreter, unitTests } from "./rewards/unit-tests.js";
export { callTool, EnvironmentFault, type Patience } from "./rollout/environment-fault.js";
export { judge, type Verdict } from "./rollout/judge.js";
export type { RolloutPolicy, Sampling } from "./rollout/policy.js";
export { type RolloutOptions, runRollout } from "./rollout/run-rollout.js";
export { mixSeed } from "./rollout/seed.js";
export { type CollectRequest, createRolloutSource, type TaskRolloutSource } from "./source/create-rollout-source.js";
export { readPractices } from "./source/practice.js";
export { requireWorkable } from "./source/require-workable.js";
export { DOMAINS, type Domain, type Split, type Task, type TaskRequest, taskOf } from "./task.js";
export { type JudgedProgram, STYLES, type Style, type Taskset } from "./taskset.js";
export { TASKSETS, tasksetNamed } from "./tasksets/index.js";
