export { checkTasks, type FoundTask, findTasks } from "./check/check-directory.js";
export { type CheckedTask, type CheckOptions, checkTask, type Failure } from "./check/check-task.js";
export { findInstances } from "./check/swe-bench-tasks.js";
export { idOf } from "./code/candidates/candidate.js";
export { parseSweBench, type SweBenchInstance } from "./code/swe-bench.js";
export { SynthesisError, type SynthesisErrorCode } from "./errors.js";
export { exportTasks, TASK_EXPORTS } from "./exports/index.js";
export { type Funnel, formatFunnel } from "./funnel.js";
export type { Gate, GateOptions } from "./gates/gate.js";
export { GATES } from "./gates/index.js";
export { attempt as attemptTask, type Graded, grade as gradeTask } from "./harbor/attempt.js";
export { buildEnvironment } from "./harbor/build-environment.js";
export { parseTaskConfig, type TaskConfig, taskConfig } from "./harbor/task-config.js";
export { isTaskFolder, readTaskFolder, writeTaskFolder } from "./harbor/task-folder.js";
export { type Instance, TASK_KINDS, type TaskKind } from "./instance.js";
export { makeTask, type NewTask } from "./make-task.js";
export {
  Dropped,
  definePipeline,
  type ItemContext,
  type Pipeline,
  type PipelineContext,
  type Seed,
  type SeedContext,
} from "./pipeline.js";
export { PIPELINES, pipelineNamed } from "./pipelines/index.js";
export { demonstration, spoilt } from "./rl/demonstrate.js";
export { type FolderEnvironment, openFolder } from "./rl/open-folder.js";
export { openTaskset } from "./rl/open-taskset.js";
export { measureScripted, type ScriptedRow } from "./rl/scripted-agents.js";
export { SYNTHESIS_QUEUE, synthesisWorkflow } from "./run/synthesis-workflow.js";
export { type Progress, type SynthesisRequest, type SynthesisResult, synthesise } from "./run/synthesise.js";
export { erringReader, type FilterMeasure, measureFilter, rememberingReader } from "./search/planted/measure-filter.js";
export { type PlantedSample, plantSamples } from "./search/planted/plant-samples.js";
export { SearchDesk } from "./search/search-tools.js";
export { exactReader, type Reader } from "./search/verify/reader.js";
export { openSearchWorld, type SearchWorld } from "./search/world.js";
export { type ServedEnvironment, serveTasks } from "./serve/serve-tasks.js";
export { type TaskFile, type TaskFiles, type TaskFolder, textFiles } from "./task.js";
