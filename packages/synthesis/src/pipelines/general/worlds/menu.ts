/** Menu planning: dishes of different kitchens for the days of a week. */

import { column } from "../schema.js";
import { twoLevel } from "./two-level.js";

export const menu = twoLevel({
  name: "menu-planning",
  description:
    "Kitchens and their dishes: energy, protein, minutes to cook, the price of a portion, what kind of dish it is.",
  request: (days) => `Plan one dish for each of ${days.length} days, each of another kitchen.`,
  above: {
    plural: "kitchens",
    singular: "kitchen",
    names: [
      "Andalusian",
      "Breton",
      "Cantonese",
      "Georgian",
      "Hunan",
      "Kerala",
      "Levantine",
      "Oaxacan",
      "Piedmontese",
      "Punjabi",
      "Sichuan",
      "Thai",
    ],
  },
  below: {
    ...{
      plural: "dishes",
      singular: "dish",
      named: column.named(
        ["smoked", "braised", "fresh", "spiced", "baked", "pickled", "grilled"],
        ["aubergine", "lentils", "trout", "noodles", "rice", "chickpeas", "chicken", "tofu", "pumpkin"],
      ),
    },
    columns: [
      column.whole("energy", 180, 1100, "kcal"),
      column.whole("protein", 3, 60, "g"),
      column.whole("minutes", 10, 150, "minutes"),
      column.tenths("price", 1, 15, "EUR"),
      column.one("kind", ["vegan", "vegetarian", "fish", "meat"]),
    ],
  },
  group: (i) => `day ${i + 1}`,
  groups: [3, 4, 5],
});
