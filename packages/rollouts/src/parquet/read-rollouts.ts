import type { Rollout, RolloutSequence } from "@cachalot/chat";
import { readParquet } from "@cachalot/files";
import { requireAligned } from "../alignment.js";
import { RolloutsError } from "../errors.js";
import type { RolloutsOfStep } from "../rollouts-of-step.js";
import { FORMAT } from "./write-rollouts.js";

// biome-ignore lint/suspicious/noExplicitAny: a row is data from a file whose format was checked
type Cells = Record<string, any>;

/**
 * Reads what `writeRollouts` wrote, exactly.
 * @throws RolloutsError `invalid_file`, `misaligned`; the file system's errors
 */
export async function readRollouts(path: string): Promise<RolloutsOfStep> {
  const { rows, metadata } = await tableOf(path);
  if (metadata.format !== FORMAT)
    throw new RolloutsError(
      "invalid_file",
      `${path} is Parquet, but no file of rollouts (${FORMAT}); give one of a run's rollouts/`,
    );
  const rollouts: Rollout[] = [];
  const advantages = new Map<string, number>();
  for (const cells of rows as Cells[]) {
    if (cells.row <= 0) rollouts.push(rolloutOf(cells));
    const rollout = rollouts.at(-1);
    if (!rollout || rollout.id !== cells.rollout || Math.max(0, cells.row) !== rollout.sequences.length)
      throw new RolloutsError(
        "invalid_file",
        `${path}: row ${cells.row} of rollout ${cells.rollout} is out of order; copy the file again`,
      );
    if (cells.advantage !== null) advantages.set(rollout.id, cells.advantage);
    if (cells.row < 0) continue;
    const sequence = sequenceOf(cells);
    requireAligned(sequence, `${path}: rollout ${rollout.id}, sequence ${cells.row}`);
    rollout.sequences.push(sequence);
  }
  return { ...JSON.parse(metadata.about!), rollouts, ...(advantages.size > 0 ? { advantages } : {}) };
}

async function tableOf(path: string): ReturnType<typeof readParquet> {
  try {
    return await readParquet(path);
  } catch (error) {
    if (error instanceof Error && "code" in error) throw error;
    throw new RolloutsError(
      "invalid_file",
      `${path} is no whole Parquet file: ${(error as Error).message}; copy it again`,
      { cause: error },
    );
  }
}

function rolloutOf(cells: Cells): Rollout {
  return {
    ...{ id: cells.rollout, group: cells.group, sample: cells.sample },
    task: {
      ...{ taskset: cells.env, key: cells.task_key, domain: cells.domain },
      ...{ level: cells.level, mode: cells.mode, split: cells.split },
    },
    sequences: [],
    reward: cells.reward,
    rewards: Object.fromEntries(cells.reward_names.map((name: string, i: number) => [name, cells.reward_values[i]])),
    outcome: cells.outcome,
    ...(cells.error === null ? {} : { error: cells.error }),
    ...{ turns: cells.turns, toolCalls: cells.tool_calls },
    sampling: { temperature: cells.temperature, topP: cells.top_p, topK: cells.top_k, seed: cells.seed },
    ...{ messages: JSON.parse(cells.messages), tools: JSON.parse(cells.tools) },
  };
}

function sequenceOf(cells: Cells): RolloutSequence {
  const { kept_ids, kept_counts, routes, routes_shape, selection, selection_shape } = cells;
  return {
    ids: Int32Array.from(cells.ids),
    sampled: Uint8Array.from(cells.sampled),
    logprobs: Float32Array.from(cells.logp),
    rawLogprobs: Float32Array.from(cells.logp_raw),
    versions: Int32Array.from(cells.version),
    ...(kept_counts ? { kept: { ids: Int32Array.from(kept_ids), counts: Int32Array.from(kept_counts) } } : {}),
    ...(routes ? { experts: { data: Uint8Array.from(routes), shape: routes_shape } } : {}),
    ...(selection ? { selection: { data: positionsOf(selection, selection_shape), shape: selection_shape } } : {}),
    ...(cells.fork_row === null ? {} : { fork: { sequence: cells.fork_row, at: cells.fork_at } }),
  };
}

function positionsOf(stored: Uint8Array, [tokens, layers, k]: [number, number, number]): Int32Array {
  const bytes = Uint8Array.from(stored);
  if (bytes.length === 4 * tokens * layers * k) return new Int32Array(bytes.buffer);
  return Int32Array.from(new Uint16Array(bytes.buffer), (position) => (position === 0xffff ? -1 : position));
}
