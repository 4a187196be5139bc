// What each taskset takes for right besides its own solution, and what it does not.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Task } from "../task.js";
import { finished } from "../testing/finished.js";
import { calculateDigits } from "./arithmetic-digits.js";
import { countdown } from "./countdown.js";
import { tasksetNamed } from "./index.js";
import { instructionConstraint } from "./instruction-kinds.js";
import { knightsKnaves } from "./knights-knaves.js";
import { noTools } from "./no-tools.js";
import { sudoku } from "./sudoku.js";

const score = (name: string, answer: string, data: unknown) =>
  tasksetNamed(name).rubric[0]!.score(finished(answer, data), {});

test("column arithmetic is right, every line of it", () => {
  const numbers = fc.oneof(fc.nat(99), fc.bigInt(0n, 10n ** 20n)).map(String);
  fc.assert(
    fc.property(numbers, fc.constantFrom("+" as const, "-" as const, "*" as const), numbers, (a, operator, b) => {
      const { lines, result } = calculateDigits(a, operator, b);
      const [x, y] = [BigInt(a), BigInt(b)];
      expect(result).toBe(`${{ "+": x + y, "-": x - y, "*": x * y }[operator]}`);
      for (const line of lines) {
        const [, left, operators, right] = /^(\d+)((?:[-+*]\d+)+)=(\d+)$/.exec(line) ?? [];
        if (left !== undefined) expect(valueIn(`${left}${operators}`)).toBe(Number(right));
      }
    }),
  );
});

test("a sum that is written again is no result", () => {
  const data = { a: "343", operator: "+", b: "15", result: "358" };
  expect(score("arithmetic", " 358", data)).toBe(1);
  for (const answer of ["343 + 15", "358 + 0", "716/2", "359", "", "three"])
    expect(score("arithmetic", answer, data)).toBe(0);
});

/** `7*3+2`, `13-8-0`, `5+8+0`. */
function valueIn(text: string): number {
  const [first, ...rest] = text.match(/[-+*]?\d+/g)!;
  return rest.reduce((value, part) => {
    const operand = Number(part.slice(1));
    return part[0] === "*" ? value * operand : part[0] === "+" ? value + operand : value - operand;
  }, Number(first));
}

describe("countdown", () => {
  const data = { numbers: [3, 7, 25], target: 54, solution: { steps: [], expression: "", value: 54 }, tries: [] };

  test.each([
    ["(25-7)*3", 1],
    ["3 * (25 - 7)", 1],
    ["-3*(7-25)", 1],
    ["25-7", 0],
    ["54", 0],
    ["(25-7)*3+25-25", 0],
    ["(25-7)*3 = 54", 0],
    ["(25.0-7)*3", 0],
    ["25**3-7", 0],
    ["(25-7)*03", 0],
  ])("%s scores %d", (answer, expected) => {
    expect(score("countdown", answer, data)).toBe(expected);
  });

  test("demonstrations search only with steps that are right", () => {
    for (let seed = 0; seed < 100; seed++) {
      const task = countdown.draw({ split: "train", level: 4, mode: "thinking", seed });
      const steps = countdown.demonstrate(task, "stepwise")[0]!.reasoning_content!.match(/\d+[-+*/]\d+=\d+/g)!;
      for (const step of steps) {
        const [, a, sign, b, c] = /^(\d+)([-+*/])(\d+)=(\d+)$/.exec(step)!;
        expect({ "+": +a! + +b!, "-": +a! - +b!, "*": +a! * +b!, "/": +a! / +b! }[sign as "+"]).toBe(Number(c));
      }
    }
  });
});

describe("sudoku", () => {
  test("any grid that keeps the rules and what was given is right", () => {
    const size = 4;
    const solution = { size, cells: [...`1234341221434321`].map(Number) };
    // Two digits in two rows may change places.
    const puzzle = { size, cells: [...`0204340220434021`].map(() => 0) };
    const data = { puzzle, solution };
    expect(score("sudoku", "1234\n3412\n2143\n4321", data)).toBe(1);
    expect(score("sudoku", "2 1 4 3\n4 3 2 1\n1 2 3 4\n3 4 1 2", data)).toBe(1);
    expect(score("sudoku", "1234\n3412\n2143\n4312", data)).toBe(0);
    expect(score("sudoku", "1234\n3412\n2143", data)).toBe(0);
    const given = { solution, puzzle: { size, cells: [1, ...Array.from({ length: 15 }, () => 0)] } };
    expect(score("sudoku", "2143\n4321\n1234\n3412", given)).toBe(0);
  });

  test("eliminations leave one digit each", () => {
    for (let seed = 0; seed < 40; seed++) {
      const task = sudoku.draw({ split: "train", level: seed % 7, mode: "thinking", seed });
      const reasoning = sudoku.demonstrate(task, "stepwise")[0]!.reasoning_content!;
      const { size } = (task as Task<{ puzzle: { size: number } }>).data.puzzle;
      for (const line of reasoning.split("\n")) {
        const [, row, column, box, digit] = /row (\d*) col (\d*) box (\d*) is (\d)$/.exec(line)!;
        const left = Array.from({ length: size }, (_, i) => `${i + 1}`).filter(
          (d) => !`${row}${column}${box}`.includes(d),
        );
        expect(left).toEqual([digit]);
      }
    }
  });
});

test("knights and knaves may come in any order, each once", () => {
  const task = knightsKnaves.draw({ split: "train", level: 2, mode: "chat", seed: 3 });
  const right = knightsKnaves.demonstrate(task, "terse")[0]!.content!;
  const parts = right.split(", ");
  const of = (answer: string) => score("knights-knaves", answer, task.data);
  expect(of(right)).toBe(1);
  expect(of(`${[...parts].reverse().join(",  ")}.`)).toBe(1);
  expect(of(parts.slice(1).join(", "))).toBe(0);
  expect(of([...parts, parts[0]].join(", "))).toBe(0);
  expect(of(right.toUpperCase())).toBe(0);
});

test("requests are answered line by line, with or without numbers", () => {
  const task = noTools.draw({ split: "train", level: 2, mode: "chat", seed: 1 });
  const lines = noTools.demonstrate(task, "terse")[0]!.content!.split("\n");
  const of = (answer: string) => score("no-tools", answer, task.data);
  expect(of(lines.map((line, i) => `${i + 1}. ${line}.`).join("\n\n"))).toBe(1);
  expect(of(lines.slice(1).join("\n"))).toBe(0);
  expect(of(lines.map(() => "no tool").join("\n"))).toBe(Number(lines.every((line) => line === "no tool")));
});

test.each([
  [{ kind: "words", count: 3 }, ["a b c", "a, b - c!"], ["a b", "a b c d", ""]],
  [{ kind: "name", name: "Ann" }, ["ann", "x, ANN."], ["Anna", "x"]],
  [{ kind: "case", upper: false }, ["a b"], ["a B", "A b"]],
  [{ kind: "case", upper: true }, ["A B"], ["A b"]],
  [{ kind: "separator", separator: "comma" }, ["a, b,c", "[a, b]", "a"], ["a b", "a,, b", "a, b c"]],
  [{ kind: "separator", separator: "line" }, ["a\nb"], ["a b\nc", "a\n\nb"]],
  [{ kind: "wrap", wrap: "brackets" }, ["[a b]", "[]"], ["a b", "[a] b", "[a] [b]"]],
  [{ kind: "wrap", wrap: "quotes" }, ['"a b"'], ['"a', "a"]],
  [{ kind: "without", letter: "k" }, ["sea"], ["lake", "K"]],
  [{ kind: "length", least: 3 }, ["sea lake"], ["sea a"]],
  [{ kind: "sorted" }, ["a B c", "a a"], ["b a", "B a"]],
  [{ kind: "script", script: "Greek" }, ["θάλασσα ΝΕΡΟ"], ["sea", "θάλασσα sea", "12"]],
] as const)("instruction %j is checked", (instruction, kept, broken) => {
  const { check } = instructionConstraint(instruction);
  expect(kept.filter((text) => !check(text))).toEqual([]);
  expect(broken.filter((text) => check(text))).toEqual([]);
});
