/** From what a pipeline found out to a task folder with its instance record. */

import { type TaskConfigInput, taskConfig } from "./harbor/task-config.js";
import { type Instance, parseInstance } from "./instance.js";
import { hashFiles, type TaskFiles, type TaskFolder } from "./task.js";

export interface NewTask extends Omit<Instance, "environment" | "evidence"> {
  agent: Instance["environment"]["agent"];
  /** The file that takes an answer. */
  answer?: string;
  /** A world or corpus that other tasks share. */
  environmentName?: string;
  evidence?: Instance["evidence"];
  environment: TaskFiles;
  tests: TaskFiles;
  solution: TaskFiles;
  config?: TaskConfigInput;
}

/** @throws SynthesisError `invalid_task` for a record that cannot be */
export function makeTask({
  agent,
  answer,
  environmentName,
  evidence = {},
  environment,
  tests,
  solution,
  config = {},
  ...record
}: NewTask): TaskFolder {
  const instance = parseInstance({
    ...record,
    evidence,
    environment: {
      ...{ agent, hash: hashFiles(environment) },
      ...(answer === undefined ? {} : { answer }),
      ...(environmentName === undefined ? {} : { name: environmentName }),
    },
  });
  const named = taskConfig({ ...config, task: { name: `cachalot/${record.id}`, ...config.task } });
  return {
    ...{ name: record.id, instance, instruction: record.prompt },
    ...{ config: named, environment, tests, solution },
  };
}
