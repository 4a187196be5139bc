import type { Command } from "commander";

/**
 * Every command, in the order in which help lists them. A module is read when its command is called, or help wants it: what
 * `train` needs costs `serve` neither time nor memory.
 */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import("./serve.js")).serveCommand(),
  chat: async () => (await import("./chat.js")).chatCommand(),
  generate: async () => (await import("./generate.js")).generateCommand(),
  agent: async () => (await import("./agent.js")).agentCommand(),
  runs: async () => (await import("./runs.js")).runsCommand(),
  show: async () => (await import("./show.js")).showCommand(),
  apply: async () => (await import("./apply.js")).applyCommand(),
  resume: async () => (await import("./resume.js")).resumeCommand(),
  worker: async () => (await import("./worker.js")).workerCommand(),
  encode: async () => (await import("./encode.js")).encodeCommand(),
  doctor: async () => (await import("./doctor.js")).doctorCommand(),
  inspect: async () => (await import("./inspect.js")).inspectCommand(),
  init: async () => (await import("./init.js")).initCommand(),
  prepare: async () => (await import("./prepare.js")).prepareCommand(),
  train: async () => (await import("./train.js")).trainCommand(),
  evaluate: async () => (await import("./evaluate.js")).evaluateCommand(),
  report: async () => (await import("./report.js")).reportCommand(),
  reproduce: async () => (await import("./reproduce.js")).reproduceCommand(),
  eval: async () => (await import("./eval.js")).evalCommand(),
  evals: async () => (await import("./evals.js")).evalsCommand(),
  grade: async () => (await import("./grade.js")).gradeCommand(),
  tasks: async () => (await import("./tasks.js")).tasksCommand(),
  env: async () => (await import("./env.js")).envCommand(),
  rollouts: async () => (await import("./rollouts.js")).rolloutsCommand(),
  convert: async () => (await import("./convert.js")).convertCommand(),
  export: async () => (await import("./export.js")).exportCommand(),
  logits: async () => (await import("./logits.js")).logitsCommand(),
  parity: async () => (await import("./parity.js")).parityCommand(),
};
