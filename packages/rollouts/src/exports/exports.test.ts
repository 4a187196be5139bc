import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Rollout } from "@cachalot/chat";
import { readParquet } from "@cachalot/files";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { arbitraryRollouts } from "../testing/arbitrary-rollouts.js";
import { exportRollouts, ROLLOUT_EXPORTS } from "./index.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "exports-"));
});
afterAll(() => rm(dir, { recursive: true }));

// biome-ignore lint/suspicious/noExplicitAny: rows as another program reads them
type Row = any;

async function rowsOf(name: string, rollouts: Rollout[]): Promise<Row[]> {
  const path = join(dir, name);
  const count = await exportRollouts(path, name, [{ run: "r", step: 1, rollouts }]);
  const { columns } = ROLLOUT_EXPORTS.find((one) => one.name === name)!;
  const rows = columns
    ? (await readParquet(path)).rows
    : (await readFile(path, "utf8"))
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line));
  expect(rows).toHaveLength(count);
  return rows;
}

const judged = (rollouts: readonly Rollout[]) => rollouts.filter(({ reward }) => reward !== null);
const sequences = (rollouts: readonly Rollout[]) =>
  judged(rollouts).flatMap((rollout) => rollout.sequences.map((sequence) => ({ rollout, sequence })));
const masked = (values: ArrayLike<number>, mask: ArrayLike<number>) =>
  Array.from(values, (value, i) => (mask[i] ? value : 0));

/** Each row by the sequence it should be of. */
function forEveryRollouts(name: string, check: (rows: Row[], rollouts: Rollout[]) => void): Promise<void> {
  return fc.assert(
    fc.asyncProperty(arbitraryRollouts, async (rollouts) => check(await rowsOf(name, rollouts), rollouts)),
    { numRuns: 25 },
  );
}

const prompted = [
  ["verl", "prompt_ids", "response_ids", "response_mask", "response_logprobs"],
  ["trl", "prompt_ids", "completion_ids", "env_mask", "logprobs"],
] as const;

test.each(prompted)(
  "%s: prompt and answer are the tokens, mask and log-probabilities stand beside the answer's",
  (name, prompt, answer, mask, logprobs) =>
    forEveryRollouts(name, (rows, rollouts) => {
      const all = sequences(rollouts);
      expect(rows).toHaveLength(all.length);
      for (const [i, row] of rows.entries()) {
        const { sequence, rollout } = all[i]!;
        expect([...row[prompt], ...row[answer]]).toEqual([...sequence.ids]);
        expect([...row[prompt].map(() => 0), ...row[mask]]).toEqual([...sequence.sampled]);
        expect(row[mask][0]).toBe(1);
        const wanted = masked(sequence.logprobs, sequence.sampled).slice(row[prompt].length);
        expect(row[logprobs]).toEqual(wanted.map((value) => value + 0));
        expect(row.reward_score ?? row.reward).toBe(rollout.reward! + 0);
        if (name === "verl" && sequence.experts) {
          expect(row.routed_experts).toHaveLength(sequence.ids.length - 1);
          expect(row.routed_experts.flat(2)).toEqual([...sequence.experts.data]);
        }
      }
    }),
);

test("slime: masks are of the response, top-p offsets end at the ids, and a read token has an empty span", () =>
  forEveryRollouts("slime", (rows, rollouts) => {
    for (const [i, row] of rows.entries()) {
      const { sequence } = sequences(rollouts)[i]!;
      const start = row.tokens.length - row.response_length;
      expect(row.tokens).toEqual([...sequence.ids]);
      expect(row.loss_mask).toEqual([...sequence.sampled.subarray(start)]);
      expect(row.rollout_log_probs).toHaveLength(row.response_length);
      if (!sequence.kept) continue;
      const offsets: number[] = row.rollout_top_p_token_offsets;
      expect(offsets).toHaveLength(row.response_length + 1);
      expect([offsets[0], offsets.at(-1)]).toEqual([0, row.rollout_top_p_token_ids.length]);
      const spans = row.loss_mask.map((_: number, t: number) => offsets[t + 1]! - offsets[t]!);
      expect(spans.filter((_: number, t: number) => row.loss_mask[t] === 1)).toEqual([...sequence.kept.counts]);
      expect(row.rollout_top_p_token_ids).toEqual([...sequence.kept.ids]);
    }
  }));

test("prime-rl, AReaL: whole sequences, every list as long as the tokens", () =>
  Promise.all(
    ["prime-rl", "areal"].map((name) =>
      forEveryRollouts(name, (rows, rollouts) => {
        for (const [i, row] of rows.entries()) {
          const { sequence } = sequences(rollouts)[i]!;
          expect(row.token_ids ?? row.input_ids).toEqual([...sequence.ids]);
          expect((row.mask ?? row.loss_mask).map(Number)).toEqual([...sequence.sampled]);
          expect(row.logprobs).toEqual(masked(sequence.logprobs, sequence.sampled).map((value) => value + 0));
          for (const list of [row.temperatures, row.advantages, row.versions, row.sampling_mask?.counts])
            if (list) expect(list).toHaveLength(sequence.ids.length);
        }
      }),
    ),
  ));

test("tinker: the target of each position is the next token, with that token's mask and log-probability", () =>
  forEveryRollouts("tinker", (rows, rollouts) => {
    for (const [i, { model_input, loss_fn_inputs }] of rows.entries()) {
      const { sequence } = sequences(rollouts)[i]!;
      const { tokens } = model_input.chunks[0];
      expect(tokens).toHaveLength(sequence.ids.length - 1);
      expect([tokens[0], ...loss_fn_inputs.target_tokens]).toEqual([...sequence.ids]);
      expect(loss_fn_inputs.mask).toEqual([...sequence.sampled.subarray(1)]);
      for (const list of Object.values(loss_fn_inputs)) expect(list).toHaveLength(tokens.length);
    }
  }));

test("verifiers: nodes follow one another from what was read to what was sampled, and hold every token once", () =>
  forEveryRollouts("verifiers", (rows, rollouts) => {
    const own = judged(rollouts).filter((rollout) => rollout.sequences.length > 0);
    expect(rows.map(({ id }) => id)).toEqual(own.map(({ id }) => id));
    for (const [i, { nodes }] of rows.entries()) {
      expect(nodes.flatMap(({ token_ids }: Row) => token_ids)).toEqual(
        own[i]!.sequences.flatMap(({ ids }) => [...ids]),
      );
      expect(nodes.flatMap(({ mask }: Row) => mask.map(Number))).toEqual(
        own[i]!.sequences.flatMap(({ sampled }) => [...sampled]),
      );
      for (const node of nodes) expect(node.logprobs).toHaveLength(node.sampled ? node.token_ids.length : 0);
      expect(nodes.filter(({ parent }: Row) => parent === null)).toHaveLength(own[i]!.sequences.length);
    }
  }));

test("verl-prompts: one row for each task, in Parquet, with nested columns", () =>
  forEveryRollouts("verl-prompts", (rows, rollouts) => {
    const groups = [...new Set(rollouts.map(({ group }) => group))];
    expect(rows).toHaveLength(groups.length);
    // Groups are told apart by their names only: two of them may have tried a task of the same name.
    const tasks = groups.map((group) => rollouts.find((rollout) => rollout.group === group)!.task);
    const posed = tasks.map(({ taskset, key, domain, split, level }) => [taskset, key, domain, split, level]);
    const written = rows.map(({ data_source, reward_model, ability, extra_info: { split, level } }) => [
      ...[data_source, reward_model.ground_truth, ability, split, level],
    ]);
    const ordered = (list: unknown[][]) => list.map((values) => JSON.stringify(values)).sort();
    expect(ordered(written)).toEqual(ordered(posed));
    for (const row of rows)
      for (const message of row.prompt) expect(message).toEqual({ role: "user", content: expect.any(String) });
  }));

test("an answer's node has its message, and advantages are rewards less their group's mean where nobody knows better", async () => {
  const sequence = { ids: Int32Array.of(1, 2, 3, 4, 5, 6), sampled: Uint8Array.of(0, 0, 1, 0, 1, 1) };
  const values = Float32Array.of(Number.NaN, Number.NaN, -1, Number.NaN, -2, -3);
  const of = (id: string, reward: number | null): Rollout => ({
    ...{ id, group: "g", sample: 0, reward, rewards: {}, outcome: "failed", turns: 2, toolCalls: 1, tools: [] },
    task: { taskset: "t", key: "k", domain: "logic", level: 0, mode: "chat", split: "train" },
    sequences: [{ ...sequence, logprobs: values, rawLogprobs: values, versions: Int32Array.of(-1, -1, 0, -1, 0, 0) }],
    sampling: { temperature: 1, topP: 1, topK: 0, seed: 0 },
    messages: [
      { role: "user", content: "q" },
      { role: "assistant", content: "call" },
      { role: "tool", content: "result" },
      { role: "assistant", content: "answer" },
    ],
  });
  const rows = await rowsOf("verifiers", [of("a", 1), of("b", 0), of("c", null)]);
  expect(rows.map(({ id }) => id)).toEqual(["a", "b"]);
  const [first] = rows;
  expect(first.nodes.map(({ message }: Row) => message.content)).toEqual(["q", "call", "result", "answer"]);
  expect(first.nodes.map(({ parent }: Row) => parent)).toEqual([null, 0, 1, 2]);
  expect(rows.map(({ nodes }) => nodes[1].advantages[0])).toEqual([0.5, -0.5]);
});

test("an unknown format is refused with those there are", async () => {
  await expect(exportRollouts(join(dir, "x"), "vrel", [])).rejects.toMatchObject({
    code: "unknown_export",
    message: expect.stringContaining("verl-prompts"),
  });
});
