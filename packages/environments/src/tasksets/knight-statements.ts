/** What people on the island say, as data: about one person, about two, or about how many there are. */

import type { Draw } from "@cachalot/tensor";

export type Statement =
  | { kind: "is"; who: number; knight: boolean }
  | { kind: "same"; first: number; second: number; same: boolean }
  | { kind: "or" | "and"; parts: { who: number; knight: boolean }[] }
  | { kind: "count"; knights: number };

interface Speaker {
  /** People on the island. */
  count: number;
  speaker: number;
  /** Whether statements join others, or count. */
  several: boolean;
}

export function drawStatement(draw: Draw, { count, speaker, several }: Speaker): Statement {
  const people = Array.from({ length: count }, (_, i) => i);
  const others = people.filter((who) => who !== speaker);
  const kind = draw.weighted([
    ["is", 2],
    ["same", 2],
    ...(several
      ? ([
          ["or", 2],
          ["and", 2],
          ["count", 1],
        ] as const)
      : []),
  ] as const);
  if (kind === "is") return { kind, who: draw.one(others), knight: draw.chance(0.5) };
  if (kind === "count") return { kind, knights: draw.integer(0, count) };
  const [first, second] = draw.some(people, 2).sort((a, b) => a - b) as [number, number];
  if (kind === "same") return { kind, first, second, same: draw.chance(0.5) };
  return { kind, parts: [first, second].map((who) => ({ who, knight: draw.chance(0.5) })) };
}

export function holds(statement: Statement, knights: readonly boolean[]): boolean {
  switch (statement.kind) {
    case "is":
      return knights[statement.who] === statement.knight;
    case "same":
      return (knights[statement.first] === knights[statement.second]) === statement.same;
    case "or":
      return statement.parts.some(({ who, knight }) => knights[who] === knight);
    case "and":
      return statement.parts.every(({ who, knight }) => knights[who] === knight);
    case "count":
      return knights.filter(Boolean).length === statement.knights;
  }
}

export function statementText(statement: Statement, people: readonly string[]): string {
  const is = ({ who, knight }: { who: number; knight: boolean }) =>
    `${people[who]} is a ${knight ? "knight" : "knave"}`;
  switch (statement.kind) {
    case "is":
      return is(statement);
    case "same":
      return `${people[statement.first]} and ${people[statement.second]} are ${statement.same ? "the same" : "different"}`;
    case "or":
    case "and":
      return statement.parts.map(is).join(` ${statement.kind} `);
    case "count":
      return `exactly ${statement.knights} of us ${statement.knights === 1 ? "is a knight" : "are knights"}`;
  }
}
