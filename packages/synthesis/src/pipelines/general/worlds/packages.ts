/** Package resolution: one version of a package for every role, all built for the same ABI. */

import { column } from "../schema.js";
import { twoLevel } from "./two-level.js";

const NAMES = [
  "arbor",
  "basalt",
  "cinder",
  "dapple",
  "ember",
  "fjord",
  "gossamer",
  "hollow",
  "islet",
  "juniper",
  "kelp",
  "lumen",
  "meadow",
  "nimbus",
];

export const packages = twoLevel({
  name: "package-resolution",
  description:
    "A registry of packages and their versions: size, known defects, the ABI each was built for, the year of release.",
  request: (roles) => `Choose a package and one of its versions for each of the ${roles.length} roles of a program.`,
  above: { plural: "packages", singular: "package", names: NAMES },
  below: {
    ...{ plural: "versions", singular: "version" },
    named: {
      name: "name",
      type: "text",
      draw: (draw, row) =>
        `v${draw.integer(0, 6)}.${draw.integer(0, 19)}.${draw.integer(0, 9)}-${row.package ?? ""}${draw.integer(10, 99)}`,
    },
    columns: [
      column.whole("size", 20, 4000, "KB"),
      column.whole("defects", 0, 25),
      column.one("abi", ["abi7", "abi8", "abi9"]),
      column.whole("released", 2016, 2025),
    ],
  },
  group: (i) => `role ${i + 1}`,
  groups: [3, 4, 5],
  rules: (roles) => [{ type: "same", slots: roles.map((role) => `${role}.version`), column: "abi" }],
});
