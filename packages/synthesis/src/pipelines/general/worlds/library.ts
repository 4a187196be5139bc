/** Library: an inter-branch loan for a reading circle. */

import { column } from "../schema.js";
import { twoLevel } from "./two-level.js";

export const library = twoLevel({
  name: "library-loans",
  description: "Branches of a library and the books each holds: pages, language, genre, days until a copy is back.",
  request: (readers) => `Find a book for each of ${readers.length} readers of a circle, each from a branch of its own.`,
  above: {
    plural: "branches",
    singular: "branch",
    names: [
      "Harbour",
      "Mill Street",
      "Old Town",
      "North Gate",
      "Riverside",
      "Station",
      "University",
      "Orchard",
      "Castle Hill",
      "Westend",
      "Market",
      "Lakeside",
    ],
  },
  below: {
    ...{ plural: "books", singular: "book" },
    named: column.named(
      ["The Silent", "A Distant", "The Last", "Under the", "Beyond the", "The Glass", "A Winter's", "The Salt"],
      [
        "Harbour",
        "Orchard",
        "Mirror",
        "Garden",
        "Cartographer",
        "River",
        "Lighthouse",
        "Archive",
        "Clockmaker",
        "Meadow",
      ],
    ),
    columns: [
      column.whole("pages", 90, 900),
      column.whole("days_until_back", 0, 28, "days"),
      column.one("language", ["English", "French", "German", "Spanish", "Chinese"]),
      column.one("genre", ["novel", "history", "poetry", "science", "travel", "essay"]),
      column.whole("year", 1920, 2024),
    ],
  },
  group: (i) => `reader ${i + 1}`,
  groups: [3, 4, 5],
});
