/** Warehouse: goods on shelves that carry them, near the gate. */

import type { Constraint } from "../constraints.js";
import { column } from "../schema.js";
import { twoLevel } from "./two-level.js";

export const warehouse = twoLevel({
  name: "warehouse-slotting",
  description:
    "Aisles of a warehouse and their shelves: what each still carries, its height, the way to the gate, the zone's temperature class.",
  request: (pallets) => `Find a shelf for each of ${pallets.length} pallets, no two in one aisle.`,
  above: {
    plural: "aisles",
    singular: "aisle",
    names: Array.from({ length: 14 }, (_, i) => `aisle ${String.fromCharCode(65 + i)}`),
  },
  below: {
    ...{ plural: "shelves", singular: "shelf", named: column.numbered("shelf") },
    columns: [
      column.whole("carries", 150, 1500, "kg"),
      column.whole("height", 80, 260, "cm"),
      column.whole("way", 5, 180, "m"),
      column.one("zone", ["ambient", "cool", "frozen", "hazard"]),
    ],
  },
  group: (i) => `pallet ${i + 1}`,
  groups: [3, 4, 5],
  rules: (pallets, { tight = 0 }) =>
    pallets.map(
      (pallet, i): Constraint => ({
        type: "between",
        terms: [{ slot: `${pallet}.shelf`, column: "carries" }],
        low: 300 + ((tight * (i + 3)) % 400),
      }),
    ),
});
