/** Airline rebooking: a missed journey flown anew, flight by flight, with time to change planes. */

import type { Constraint } from "../constraints.js";
import { column } from "../schema.js";
import { twoLevel } from "./two-level.js";

const AIRPORTS = [
  "Aldmoor",
  "Brevik",
  "Castro Bay",
  "Dunholm",
  "Esker",
  "Fairholt",
  "Granby",
  "Hollis",
  "Ivarsund",
  "Jarrow",
  "Kestrel",
  "Lindal",
];
/** Enough airports are there at every level. */
const REACHED = AIRPORTS.slice(0, 6);

export const airline = twoLevel({
  name: "airline-rebooking",
  description:
    "The flights of one day between airports: when they leave and land (minutes after midnight), seats left and the fare.",
  request: (legs) =>
    `A passenger missed the first flight and must be rebooked: ${legs.length} flights one after the other, each named with the airport it leaves from.`,
  above: { plural: "airports", singular: "airport", names: AIRPORTS },
  below: {
    ...{ plural: "flights", singular: "flight", named: column.numbered("CX") },
    columns: [
      {
        name: "destination",
        type: "text",
        draw: (draw, row) => draw.one(REACHED.filter((name) => name !== row.airport)),
      },
      column.whole("departs", 300, 1300, "minutes"),
      {
        name: "lands",
        type: "integer",
        unit: "minutes",
        draw: (draw, row) => Number(row.departs) + draw.integer(45, 220),
      },
      column.whole("fare", 40, 480, "EUR"),
      column.whole("seats", 0, 30),
    ],
  },
  group: (i) => `leg ${i + 1}`,
  groups: [3, 3, 4],
  inside: [28, 36],
  structure: (legs) =>
    legs.slice(1).map(
      (leg, i): Constraint => ({
        ...{ type: "within", slot: `${legs[i]}.flight`, column: "destination", of: `${leg}.airport` },
        say: `the airport of ${leg} is where the flight of ${legs[i]} lands`,
      }),
    ),
  rules: (legs) => [
    ...legs.map(
      (leg): Constraint => ({ type: "between", terms: [{ slot: `${leg}.flight`, column: "seats" }], low: 1 }),
    ),
    ...legs.slice(1).map(
      (leg, i): Constraint => ({
        ...{
          type: "between",
          low: 45,
          terms: [
            { slot: `${leg}.flight`, column: "departs" },
            { slot: `${legs[i]}.flight`, column: "lands", minus: true },
          ],
        },
        say: `the flight of ${leg} departs at least 45 minutes after that of ${legs[i]} lands`,
      }),
    ),
  ],
});
