/** Boolean circuits: gates over inputs and over the gates before them. */

import type { Draw } from "@cachalot/tensor";
import { defineTaskset } from "../define-taskset.js";
import { exactAnswer } from "../rewards/exact-answer.js";
import type { Style } from "../taskset.js";

interface Gate {
  name: string;
  operator: "and" | "or" | "xor" | "not";
  inputs: string[];
}

interface Circuit {
  inputs: [name: string, bit: number][];
  gates: Gate[];
  /** Names whose values are asked for: several, so that guessing earns little. */
  asked: string[];
}

/** [inputs, gates, gates asked for] by level. */
const LEVELS = [
  [2, 2, 2],
  [2, 3, 3],
  [3, 4, 3],
  [3, 6, 4],
  [4, 10, 4],
  [5, 20, 5],
  [8, 60, 6],
] as const;

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

const WORDINGS = [
  (circuit: string, asked: string) => `${circuit}. Give ${asked} as 0 or 1, with spaces between.`,
  (circuit: string, asked: string) => `Gates: ${circuit}. What are ${asked}? Answer in 0 and 1 with spaces.`,
];

export const circuits = defineTaskset<Circuit>({
  name: "circuits",
  domain: "logic",
  description: "evaluate a circuit of boolean gates",
  levels: LEVELS.length,
  problem(draw, level) {
    const data = drawCircuit(draw, level);
    const text = [
      data.inputs.map(([name, bit]) => `${name}=${bit}`).join(" "),
      ...data.gates.map((gate) => `${gate.name}=${formula(gate, (name) => name)}`),
    ].join(", ");
    return { key: `${text} ? ${data.asked.join(" ")}`, prompt: draw.one(WORDINGS)(text, data.asked.join(" ")), data };
  },
  rubric: [exactAnswer((data) => answerOf(data))],
  solve: (data, style) => ({ reasoning: walk(data, style), answer: answerOf(data) }),
});

/** a, b, ..., z, a1, b1, ... */
const nameOf = (i: number): string => `${LETTERS[i % 26]}${i < 26 ? "" : Math.floor(i / 26)}`;

function drawCircuit(draw: Draw, level: number): Circuit {
  const [inputCount, gateCount, askedCount] = LEVELS[level]!;
  const inputs = Array.from({ length: inputCount }, (_, i): [string, number] => [nameOf(i), draw.integer(0, 1)]);
  const names = inputs.map(([name]) => name);
  const gates = Array.from({ length: gateCount }, (_, i): Gate => {
    const operator = draw.one(["and", "or", "xor", "not"] as const);
    // A gate before it, where there is one, so that circuits are deep.
    const last = names.at(-1)!;
    const others = names.slice(0, -1);
    const gate = {
      name: nameOf(inputCount + i),
      operator,
      inputs: operator === "not" ? [last] : draw.shuffled([last, draw.one(others)]),
    };
    names.push(gate.name);
    return gate;
  });
  return { inputs, gates, asked: gates.slice(-askedCount).map(({ name }) => name) };
}

function formula({ operator, inputs }: Gate, shown: (name: string) => string): string {
  const [first = "", second = ""] = inputs.map(shown);
  return operator === "not" ? `not ${first}` : `${first} ${operator} ${second}`;
}

function evaluate({ operator }: Gate, [a = 0, b = 0]: readonly number[]): number {
  return { and: a & b, or: a | b, xor: a ^ b, not: 1 - a }[operator];
}

function valuesOf({ inputs, gates }: Circuit): Map<string, number> {
  const values = new Map(inputs);
  for (const gate of gates)
    values.set(
      gate.name,
      evaluate(
        gate,
        gate.inputs.map((name) => values.get(name)!),
      ),
    );
  return values;
}

function answerOf(circuit: Circuit): string {
  const values = valuesOf(circuit);
  return circuit.asked.map((name) => values.get(name)).join(" ");
}

/** `c=1 and 0=0`, a line a gate. */
function walk(circuit: Circuit, style: Style): string {
  const values = valuesOf(circuit);
  const bits = circuit.gates.map(({ name }) => `${name}=${values.get(name)}`).join(" ");
  if (style === "terse") return bits;
  const lines = circuit.gates.map(
    (gate) => `${gate.name}=${formula(gate, (name) => `${values.get(name)}`)}=${values.get(gate.name)}`,
  );
  return style === "stepwise" ? lines.join("\n") : [...lines, "check", ...lines, bits].join("\n");
}
