/** Spreadsheet: a ledger to be reconciled, entry by entry, with a statement's totals. */

import { column } from "../schema.js";
import { twoLevel } from "./two-level.js";

export const spreadsheet = twoLevel({
  name: "spreadsheet-reconciliation",
  description:
    "Sheets of a ledger and their entries: the amount in cents, the day of the year it was booked, the cost centre, the currency.",
  request: (lines) =>
    `A statement has ${lines.length} lines; find the ledger entry each stands for, each on another sheet.`,
  above: {
    plural: "sheets",
    singular: "sheet",
    names: [
      "January",
      "February",
      "March",
      "April",
      "May",
      "June",
      "July",
      "August",
      "September",
      "October",
      "November",
      "December",
    ],
  },
  below: {
    ...{ plural: "entries", singular: "entry", named: column.numbered("entry") },
    columns: [
      column.whole("amount", 500, 99_999, "cents"),
      column.whole("booked", 1, 365),
      column.whole("centre", 100, 140),
      column.one("currency", ["EUR", "USD", "CHF", "CNY"]),
    ],
  },
  group: (i) => `line ${i + 1}`,
  groups: [3, 4, 5],
});
