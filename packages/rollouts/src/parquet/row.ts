/** A token sequence of a rollout as a row of `rollouts/STEP.parquet`: the columns, in the order of the file. */

import type { Rollout, RolloutSequence } from "@cachalot/chat";
import type { ParquetColumn, ParquetType } from "@cachalot/files";
import type { RolloutsOfStep } from "../rollouts-of-step.js";

/** One row: a sequence, or a rollout that has none. */
export interface Row {
  about: RolloutsOfStep;
  rollout: Rollout;
  sequence: RolloutSequence | undefined;
  /** Of the sequence in its rollout; -1 for a rollout without any. */
  index: number;
}

const column = (name: string, type: ParquetType, value: (row: Row) => unknown): ParquetColumn<Row> => ({
  name,
  type,
  value,
});
const ofRollout = (name: string, type: ParquetType, value: (rollout: Rollout) => unknown) =>
  column(name, type, ({ rollout }) => value(rollout));
const ofTask = (name: string, type: ParquetType, value: (task: Rollout["task"]) => unknown) =>
  ofRollout(name, type, ({ task }) => value(task));
const ofSequence = (name: string, type: ParquetType, value: (sequence: RolloutSequence) => unknown) =>
  column(name, type, ({ sequence }) => sequence && value(sequence));
/** What the rollout has once stands in its first row. */
const once = (name: string, value: (rollout: Rollout) => unknown) =>
  column(name, "text", ({ rollout, index }) => (index <= 0 ? JSON.stringify(value(rollout)) : null));

const ints: ParquetType = { list: "int32" };

/** Positions as 16 bits where they fit, -1 as the largest; else as 32 bits. Which of them the shape and the length tell. */
function selectionBytes({ data }: { data: Int32Array }): Uint8Array {
  const fits = data.every((position) => position < 0xffff);
  const ids = fits ? Uint16Array.from(data) : data;
  return new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength);
}

export const COLUMNS: readonly ParquetColumn<Row>[] = [
  column("run", "text", ({ about }) => about.run),
  column("step", "int32", ({ about }) => about.step),
  ofRollout("group", "text", ({ group }) => group),
  ofRollout("rollout", "text", ({ id }) => id),
  ofRollout("sample", "int32", ({ sample }) => sample),
  column("row", "int32", ({ index }) => index),
  ofTask("task_key", "text", ({ key }) => key),
  ofTask("env", "text", ({ taskset }) => taskset),
  ofTask("domain", "text", ({ domain }) => domain),
  ofTask("level", "int32", ({ level }) => level),
  ofTask("mode", "text", ({ mode }) => mode),
  ofTask("split", "text", ({ split }) => split),
  ofSequence("ids", ints, ({ ids }) => ids),
  ofSequence("sampled", ints, ({ sampled }) => sampled),
  ofSequence("logp", { list: "float" }, ({ logprobs }) => logprobs),
  ofSequence("logp_raw", { list: "float" }, ({ rawLogprobs }) => rawLogprobs),
  ofSequence("version", ints, ({ versions }) => versions),
  ofSequence("kept_ids", ints, ({ kept }) => kept?.ids),
  ofSequence("kept_counts", ints, ({ kept }) => kept?.counts),
  ofSequence("routes", "bytes", ({ experts }) => experts?.data),
  ofSequence("routes_shape", ints, ({ experts }) => experts?.shape),
  ofSequence("selection", "bytes", ({ selection }) => selection && selectionBytes(selection)),
  ofSequence("selection_shape", ints, ({ selection }) => selection?.shape),
  ofRollout("temperature", "double", ({ sampling }) => sampling.temperature),
  ofRollout("top_p", "double", ({ sampling }) => sampling.topP),
  ofRollout("top_k", "int32", ({ sampling }) => sampling.topK),
  ofRollout("seed", "int64", ({ sampling }) => sampling.seed),
  ofRollout("reward", "double", ({ reward }) => reward),
  ofRollout("reward_names", { list: "text" }, ({ rewards }) => Object.keys(rewards)),
  ofRollout("reward_values", { list: "double" }, ({ rewards }) => Object.values(rewards)),
  ofRollout("outcome", "text", ({ outcome }) => outcome),
  ofRollout("error", "text", ({ error }) => error),
  column("advantage", "double", ({ about, rollout }) => about.advantages?.get(rollout.id)),
  ofRollout("turns", "int32", ({ turns }) => turns),
  ofRollout("tool_calls", "int32", ({ toolCalls }) => toolCalls),
  ofSequence("fork_row", "int32", ({ fork }) => fork?.sequence),
  ofSequence("fork_at", "int32", ({ fork }) => fork?.at),
  once("messages", ({ messages }) => messages),
  once("tools", ({ tools }) => tools),
  column("model", "text", ({ about }) => about.model),
  column("weights_hash", "text", ({ about }) => about.weightsHash),
];
