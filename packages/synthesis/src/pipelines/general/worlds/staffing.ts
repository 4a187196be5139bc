/** Staffing: people of different teams for the roles of a project. */

import { column } from "../schema.js";
import { twoLevel } from "./two-level.js";

export const staffing = twoLevel({
  name: "project-staffing",
  description:
    "Teams and their people: the day rate, years of experience, hours free a week, the time zone, the main skill.",
  request: (roles) => `Staff ${roles.length} roles of a project, each from another team.`,
  above: {
    plural: "teams",
    singular: "team",
    names: ["Amber", "Bronze", "Cobalt", "Coral", "Indigo", "Ivory", "Ochre", "Onyx", "Pearl", "Ruby", "Sable", "Teal"],
  },
  below: {
    ...{
      plural: "people",
      singular: "person",
      named: column.named(
        ["Ada", "Bo", "Chen", "Dara", "Emil", "Fatou", "Gita", "Hugo", "Ines", "Jun", "Kofi", "Lea"],
        ["Abara", "Berg", "Costa", "Dubois", "Endo", "Fischer", "Garcia", "Haddad", "Ito", "Jansen"],
      ),
    },
    columns: [
      column.whole("rate", 280, 1200, "EUR a day"),
      column.whole("years", 0, 28),
      column.whole("free", 4, 40, "hours a week"),
      column.whole("zone", -8, 9, "hours from UTC"),
      column.one("skill", ["design", "data", "hardware", "law", "sales", "writing"]),
    ],
  },
  group: (i) => `role ${i + 1}`,
  groups: [3, 4, 5],
});
