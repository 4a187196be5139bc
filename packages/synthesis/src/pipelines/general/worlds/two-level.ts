/** Worlds of two tables, one within the other, and slots that choose from both in every group: most worlds are so. */

import type { Constraint } from "../constraints.js";
import { type ColumnSpec, column, type Parameters, type WorldSpec } from "../schema.js";

export interface TwoLevel {
  name: string;
  description: string;
  request(groups: readonly string[]): string;
  /** The tables' plural and singular; names of the upper one's rows, each once. */
  above: { plural: string; singular: string; names: readonly string[]; columns?: readonly ColumnSpec[] };
  /** What the lower one's rows are called, and their columns. */
  below: { plural: string; singular: string; named: ColumnSpec; columns: readonly ColumnSpec[] };
  /** Rows of the lower table in each of the upper one, at level 0. Default 10 to 16. */
  inside?: readonly [least: number, most: number];
  /** How many groups an answer has at each level, and what they are called. */
  group: (index: number) => string;
  groups: readonly [number, number, number];
  /** Whether two groups may choose from the same row of the upper table. Default false. */
  shared?: true;
  structure?(groups: readonly string[]): Constraint[];
  rules?(groups: readonly string[], parameters: Parameters): Constraint[];
  telling?: readonly string[];
}

export function twoLevel({ above, below, ...world }: TwoLevel): WorldSpec {
  const groupsOf = ({ groups }: Parameters) => Array.from({ length: groups! }, (_, i) => world.group(i));
  const each = (groups: readonly string[], name: string) => groups.map((group) => `${group}.${name}`);
  return {
    name: world.name,
    description: ({ above: many, below: inside }) =>
      `${world.description} There are ${many} ${above.plural} with ${inside} ${below.plural} each, all made up.`,
    request: (parameters) => world.request(groupsOf(parameters)),
    parameters: (draw, level) => ({
      ...{
        groups: world.groups[level]!,
        above: Math.min(above.names.length, draw.integer(6, 8) + 2 * level),
        below: draw.integer(...(world.inside ?? [10, 16])) + 4 * level,
      },
      tight: draw.integer(0, 100),
    }),
    tables: [
      {
        ...{ name: above.plural, singular: above.singular, count: ({ above }: Parameters) => above! },
        columns: [column.listed(above.names), ...(above.columns ?? [])],
      },
      {
        ...{
          name: below.plural,
          singular: below.singular,
          parent: above.singular,
          count: ({ below }: Parameters) => below!,
        },
        columns: [below.named, column.parent(above.singular, above.plural), ...below.columns],
      },
    ],
    slots: (parameters) =>
      groupsOf(parameters).flatMap((group) => [
        { group, name: above.singular, table: above.plural },
        { group, name: below.singular, table: below.plural },
      ]),
    structure: (parameters) => {
      const groups = groupsOf(parameters);
      return [
        { type: "different", slots: each(groups, world.shared ? below.singular : above.singular) },
        ...groups.map(
          (group): Constraint => ({
            type: "within",
            slot: `${group}.${below.singular}`,
            column: above.singular,
            of: `${group}.${above.singular}`,
          }),
        ),
        ...(world.structure?.(groups) ?? []),
      ];
    },
    rules: (parameters) => world.rules?.(groupsOf(parameters), parameters) ?? [],
    ...(world.telling ? { telling: world.telling } : {}),
  };
}
