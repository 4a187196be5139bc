/** Constraints as a model writes them: without words of its own, so that what is said is what is judged. */

import * as z from "zod";
import type { Constraint } from "../constraints.js";

const slot = z.string().describe("group.name of a slot, such as day 1.hotel");
const slots = z.array(slot).min(2);
const column = z.string();
const minus = z.literal(true).optional();
const term = z.union([
  z.strictObject({ slot, column, minus }),
  z.strictObject({ lookup: z.string(), by: z.record(z.string(), slot), column, minus }),
]);

const written: z.ZodType = z.lazy(() =>
  z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("different"), slots, column: column.optional() }),
    z.strictObject({ type: z.literal("within"), slot, column, of: slot }),
    z.strictObject({
      type: z.literal("between"),
      terms: z.array(term).min(1),
      low: z.number().optional(),
      high: z.number().optional(),
    }),
    z.strictObject({ type: z.literal("same"), slots, column }),
    z.strictObject({ type: z.literal("is"), slot, column, value: z.string() }),
    z.strictObject({ type: z.literal("order"), slots, column }),
    z.strictObject({
      type: z.literal("count"),
      slots,
      column,
      value: z.string(),
      least: z.number().int().optional(),
      most: z.number().int().optional(),
    }),
    z.strictObject({ type: z.literal("if"), when: written, must: written }),
    z.strictObject({ type: z.literal("any"), of: z.array(written).min(2) }),
    z.strictObject({ type: z.literal("all"), of: z.array(written).min(2) }),
  ]),
);

export const constraintSchema = written as z.ZodType<Constraint>;
