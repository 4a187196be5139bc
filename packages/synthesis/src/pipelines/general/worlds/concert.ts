/** Concert programme: pieces of different composers that fill an evening. */

import { column } from "../schema.js";
import { twoLevel } from "./two-level.js";

export const concert = twoLevel({
  name: "concert-programme",
  description:
    "Composers and their pieces: how long each lasts, how many players it needs, the year it was written, key and mood. All are invented.",
  request: (places) => `Put together a concert of ${places.length} pieces in order, each by another composer.`,
  above: {
    plural: "composers",
    singular: "composer",
    names: [
      "Amsel",
      "Birnbaum",
      "Corvin",
      "Dorn",
      "Eisvogel",
      "Falk",
      "Grasmück",
      "Habicht",
      "Kranich",
      "Lerche",
      "Rabe",
      "Sperber",
    ],
  },
  below: {
    ...{
      plural: "pieces",
      singular: "piece",
      named: column.named(
        ["Sonata", "Quartet", "Overture", "Nocturne", "Suite", "Elegy", "Dances"],
        ["in autumn", "at sea", "for the harvest", "of the hours", "without words", "in memory", "by night"],
      ),
    },
    columns: [
      column.whole("minutes", 4, 52, "minutes"),
      column.whole("players", 1, 90),
      column.whole("year", 1720, 2020),
      column.one("key", ["C major", "D minor", "E flat major", "F sharp minor", "G major", "A minor"]),
      column.one("mood", ["bright", "calm", "dark", "stormy"]),
    ],
  },
  group: (i) => `piece ${i + 1}`,
  groups: [3, 4, 5],
});
