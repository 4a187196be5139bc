import type { OpCase } from "../../conformance.js";
import { routeSelectOp } from "./op.js";

const base = { topK: 2, groups: 1, keptGroups: 1, groupScore: "top2" };

export const routeSelectCases: OpCase[] = [
  { rows: 1, experts: 2, bias: true, attrs: base },
  { rows: 200, experts: 8, bias: true, attrs: { ...base, groups: 4, keptGroups: 2 } },
  { rows: 50, experts: 16, bias: false, attrs: { topK: 3, groups: 4, keptGroups: 3, groupScore: "max" } },
  { rows: 50, experts: 64, bias: true, attrs: { ...base, topK: 8, groups: 8, keptGroups: 4 } },
].map(({ rows, experts, bias, attrs }) => ({
  op: routeSelectOp,
  name: `${attrs.topK} of ${experts} in ${attrs.groups} groups`,
  inputs: [{ shape: [rows, experts] }, bias ? { shape: [experts] } : undefined],
  attrs,
}));
routeSelectCases.push({
  op: routeSelectOp,
  name: "ties go to the lower index",
  inputs: [{ shape: [2, 4], values: [1, 1, 1, 1, 0, 2, 2, 2] }, undefined],
  attrs: base,
});
