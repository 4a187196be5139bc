/** Task check: all gates over one task, each failure under its gate's name. */

import { SandboxError } from "@cachalot/sandbox";
import { SynthesisError } from "../errors.js";
import { GATE_OPTIONS, type Gate, type GateOptions, type Seen, Subject } from "../gates/gate.js";
import { GATES } from "../gates/index.js";
import type { TaskFolder } from "../task.js";

export interface Failure {
  /** Its gate; `format` for what cannot be read, `environment` for what cannot be built. */
  gate: string;
  why: string;
}

export interface CheckedTask {
  task: string;
  passed: boolean;
  failures: Failure[];
}

export interface CheckOptions extends Partial<GateOptions> {
  seen?: Seen;
  gates?: readonly Gate[];
}

/** @throws SandboxError `sandbox_unavailable` where nothing can be run */
export async function checkTask(task: TaskFolder, options: CheckOptions = {}): Promise<CheckedTask> {
  const { failures } = await examineTask(task, options);
  return { task: task.name, passed: failures.length === 0, failures };
}

export interface Findings {
  failures: Failure[];
  /** Whether it is built and its reference not refuted: only then do gates that take the solution apart tell anything. */
  solved: boolean;
}

/** `checkTask`, with what was run and found out. */
export async function examineTask(
  task: TaskFolder,
  { seen, gates = GATES, ...options }: CheckOptions = {},
): Promise<Findings & { subject: Subject }> {
  const subject = new Subject(task, { ...GATE_OPTIONS, ...options }, seen);
  return { subject, ...(await findingsOf(subject, gates)) };
}

async function findingsOf(subject: Subject, gates: readonly Gate[]): Promise<Findings> {
  const failures: Failure[] = [];
  const still = gates.filter(({ runs }) => !runs);
  for (const gate of still) failures.push(...(await tried(gate, subject)));
  // Without a verifier or a solution there is nothing to run.
  if (failures.length > 0) return { failures, solved: false };
  try {
    await subject.built();
  } catch (error) {
    return { failures: [{ gate: "environment", why: reasonOf(error) }], solved: false };
  }
  const refuted = () => failures.some(({ gate }) => gate === "reference");
  for (const gate of gates.filter(({ runs }) => runs)) {
    // Mutants, leaks and repeats of a solution that does not work tell nothing.
    if (refuted()) break;
    failures.push(...(await tried(gate, subject)));
  }
  return { failures, solved: !refuted() };
}

/** One gate over a task; what is wrong with the task is a failure, anything else is thrown. */
export async function tried(gate: Gate, subject: Subject): Promise<Failure[]> {
  try {
    return (await gate.check(subject)).map((why) => ({ gate: gate.name, why }));
  } catch (error) {
    return [{ gate: gate.name, why: reasonOf(error) }];
  }
}

/** What is wrong with the task; anything else is thrown. */
function reasonOf(error: unknown): string {
  if (error instanceof SynthesisError) return error.message;
  if (error instanceof SandboxError && error.code !== "sandbox_unavailable") return error.message;
  throw error;
}
