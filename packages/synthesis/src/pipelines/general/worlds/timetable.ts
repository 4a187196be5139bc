/** Timetable: lessons in rooms of different buildings, none larger or later than it must be. */

import type { Constraint } from "../constraints.js";
import { column } from "../schema.js";
import { twoLevel } from "./two-level.js";

export const timetable = twoLevel({
  name: "timetable",
  description:
    "Buildings and the free hours of their rooms: the day (1 Monday to 5 Friday), the hour it begins, places, minutes on foot from the station.",
  request: (lessons) => `Give each of ${lessons.length} lessons a free hour in a building.`,
  above: {
    plural: "buildings",
    singular: "building",
    names: [
      "Ash Hall",
      "Birch Hall",
      "Cedar Hall",
      "Elm Hall",
      "Fir Hall",
      "Linden Hall",
      "Maple Hall",
      "Oak Hall",
      "Pine Hall",
      "Rowan Hall",
      "Spruce Hall",
      "Yew Hall",
    ],
  },
  below: {
    ...{
      plural: "hours",
      singular: "hour",
      named: column.named(
        ["Room A", "Room B", "Room C", "Room D", "Room E", "Room F"],
        ["early", "morning", "noon", "afternoon", "late"],
      ),
    },
    columns: [
      column.whole("day", 1, 5),
      column.whole("begins", 8, 18),
      column.whole("places", 12, 220),
      column.whole("walk", 1, 25, "minutes"),
      column.one("board", ["chalk", "white", "screen"]),
    ],
  },
  group: (i) => `lesson ${i + 1}`,
  groups: [3, 4, 5],
  shared: true,
  rules: (lessons) =>
    lessons
      .slice(1)
      .map(
        (lesson, i): Constraint => ({ type: "order", slots: [`${lessons[i]}.hour`, `${lesson}.hour`], column: "day" }),
      ),
});
