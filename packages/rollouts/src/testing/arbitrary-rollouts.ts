/** Rollouts of any shape, aligned as they must be. */

import type { Rollout, RolloutSequence } from "@cachalot/chat";
import fc from "fast-check";

const typed = <T>(of: (values: number[]) => T, values: fc.Arbitrary<number>, length: number): fc.Arbitrary<T> =>
  fc.array(values, { minLength: length, maxLength: length }).map(of);

const logprob = fc.float({ min: -50, max: 0, noNaN: true });

function sequenceOf(
  mask: readonly boolean[],
  records: boolean,
  fork: RolloutSequence["fork"],
): fc.Arbitrary<RolloutSequence> {
  const [tokens, drawn] = [mask.length, mask.filter(Boolean).length];
  const where = (values: number[], absent: number) => values.map((value, i) => (mask[i] ? value : absent));
  const read = tokens - 1;
  const kept = fc
    .array(fc.array(fc.nat(200_000), { maxLength: 3 }), { minLength: drawn, maxLength: drawn })
    .map((sets) => ({ ids: Int32Array.from(sets.flat()), counts: Int32Array.from(sets, ({ length }) => length) }));
  const position = fc.constantFrom(-1, 0, 5, 0xfffe, ...(tokens % 2 ? [0xffff, 1 << 20] : []));
  return fc.record(
    {
      ids: typed((values) => Int32Array.from(values), fc.nat(200_000), tokens),
      sampled: fc.constant(Uint8Array.from(mask, Number)),
      logprobs: typed((values) => Float32Array.from(where(values, Number.NaN)), logprob, tokens),
      rawLogprobs: typed((values) => Float32Array.from(where(values, Number.NaN)), logprob, tokens),
      versions: typed((values) => Int32Array.from(where(values, -1)), fc.nat(1000), tokens),
      ...(records
        ? {
            kept,
            experts: fc.record({
              data: typed((values) => Uint8Array.from(values), fc.nat(255), read * 6),
              shape: fc.constant<[number, number, number]>([read, 3, 2]),
            }),
            selection: fc.record({
              data: typed((values) => Int32Array.from(values), position, read * 8),
              shape: fc.constant<[number, number, number]>([read, 2, 4]),
            }),
          }
        : {}),
      ...(fork ? { fork: fc.constant(fork) } : {}),
    },
    { noNullPrototype: true },
  ) as fc.Arbitrary<RolloutSequence>;
}

/** Begins with what was read and ends with what was sampled. */
const mask = fc.array(fc.boolean(), { maxLength: 8 }).map((middle) => [false, ...middle, true]);

const sequences = fc
  .record({ masks: fc.array(mask, { maxLength: 3 }), records: fc.boolean() })
  .chain(({ masks, records }) =>
    fc.tuple(...masks.map((one, i) => sequenceOf(one, records, i > 0 ? { sequence: i - 1, at: 1 } : undefined))),
  );

const reward = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null });

export function arbitraryRollout(id: string): fc.Arbitrary<Rollout> {
  return fc.record(
    {
      id: fc.constant(id),
      group: fc.string(),
      sample: fc.nat(16),
      task: fc.record(
        {
          ...{ taskset: fc.string(), key: fc.string({ unit: "grapheme" }), domain: fc.string(), level: fc.nat(9) },
          ...{ mode: fc.constantFrom("thinking" as const, "chat" as const) },
          split: fc.constantFrom("train" as const, "heldout" as const),
        },
        { noNullPrototype: true },
      ),
      sequences,
      reward,
      rewards: fc.dictionary(
        fc.string({ minLength: 1 }).filter((name) => name !== "__proto__"),
        reward,
        { maxKeys: 3, noNullPrototype: true },
      ),
      outcome: fc.constantFrom("solved" as const, "failed", "overlong", "unparsed", "tool-error", "grader-error"),
      error: fc.string(),
      ...{ turns: fc.nat(9), toolCalls: fc.nat(9) },
      sampling: fc.record(
        {
          temperature: fc.double({ min: 0, max: 2, noNaN: true }),
          topP: fc.double({ min: 0, max: 1, noNaN: true }),
          topK: fc.nat(50),
          seed: fc.nat(2 ** 32 - 1),
        },
        { noNullPrototype: true },
      ),
      messages: fc.array(
        fc.record(
          { role: fc.constant("user" as const), content: fc.string({ unit: "grapheme" }) },
          { noNullPrototype: true },
        ),
        { maxLength: 3 },
      ),
      tools: fc.constant([{ type: "function" as const, function: { name: "find" } }]),
    },
    {
      requiredKeys: [
        "id",
        "group",
        "sample",
        "task",
        "sequences",
        "reward",
        "rewards",
        "outcome",
        "turns",
        "toolCalls",
        "sampling",
        "messages",
        "tools",
      ],
      noNullPrototype: true,
    },
  );
}

export const arbitraryRollouts: fc.Arbitrary<Rollout[]> = fc
  .nat(4)
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => arbitraryRollout(`r${i}`))));
