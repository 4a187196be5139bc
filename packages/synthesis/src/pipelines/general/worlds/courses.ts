/** Courses: a year's study across departments, credits to the point. */

import type { Constraint } from "../constraints.js";
import { column } from "../schema.js";
import { twoLevel } from "./two-level.js";

export const courses = twoLevel({
  name: "course-planning",
  description:
    "Departments of a university and their courses: credits, hours a week, the week of the examination, the kind of examination.",
  request: (terms) => `Choose a course for each of ${terms.length} places of a study plan, each in another department.`,
  above: {
    plural: "departments",
    singular: "department",
    names: [
      "Astronomy",
      "Biology",
      "Chemistry",
      "Economics",
      "Geology",
      "History",
      "Law",
      "Linguistics",
      "Mathematics",
      "Music",
      "Philosophy",
      "Physics",
    ],
  },
  below: {
    ...{
      plural: "courses",
      singular: "course",
      named: column.named(
        ["Introduction to", "Advanced", "Topics in", "Seminar on", "Foundations of", "Methods of"],
        ["Structures", "Origins", "Systems", "Change", "Measurement", "Interpretation", "Growth", "Networks"],
      ),
    },
    columns: [
      column.whole("credits", 3, 12),
      column.whole("hours", 2, 9, "a week"),
      column.whole("exam_week", 1, 14),
      column.one("exam", ["oral", "written", "project", "portfolio"]),
    ],
  },
  group: (i) => `place ${i + 1}`,
  groups: [4, 5, 6],
  rules: (terms) => [
    {
      type: "between",
      terms: terms.map((term) => ({ slot: `${term}.course`, column: "credits" })),
      low: 30,
    } satisfies Constraint,
  ],
});
