/** Syntax trees of answers. */

import { CannotTell } from "./limits.js";
import type { Rational } from "./rational.js";
import type { Unit } from "./units.js";

export type Expression =
  | {
      readonly kind: "number";
      readonly value: Rational /** Digits after the point, where there is one. */;
      readonly decimals?: number;
    }
  | { readonly kind: "constant"; readonly name: "pi" | "e" | "i" | "infinity" }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] };

export type Relation = "=" | "<" | ">" | "<=" | ">=" | "!=" | "in";

export type Answer =
  | { readonly kind: "value"; readonly value: Expression; readonly unit?: Unit }
  /** Values side by side without brackets: in any order. */
  | {
      readonly kind: "list";
      readonly items: readonly Answer[];
      /** `3,14`: perhaps one number. */
      readonly number?: Expression;
      /** Joined by `or`. */
      readonly either?: true;
    }
  | {
      readonly kind: "set";
      readonly items: readonly Answer[];
      /** The two values of an expression with ±. */
      readonly pair?: true;
    }
  /** In brackets: a point, or with two entries perhaps an interval. */
  | {
      readonly kind: "tuple";
      readonly items: readonly Answer[];
      readonly open: string;
      readonly close: string;
      /** `(1,000)`: perhaps one number. */
      readonly number?: Expression;
    }
  | { readonly kind: "union"; readonly parts: readonly Answer[] }
  | { readonly kind: "matrix"; readonly rows: readonly (readonly Expression[])[] }
  | { readonly kind: "relation"; readonly sides: readonly Answer[]; readonly signs: readonly Relation[] }
  /** `f(x)`, before its definition. */
  | { readonly kind: "function"; readonly name: string; readonly parameters: readonly string[] }
  /** `2:3`, or `12:30`, which may be a time. */
  | { readonly kind: "ratio"; readonly parts: readonly Expression[]; readonly time: boolean }
  | { readonly kind: "words"; readonly text: string };

export const call = (name: string, ...args: Expression[]): Expression => ({ kind: "call", name, args });
export const numeral = (value: Rational): Expression => ({ kind: "number", value });

const infinity: Expression = { kind: "constant", name: "infinity" };
const ends: Answer[] = [call("negate", infinity), infinity].map((value) => ({ kind: "value", value }));
export const ALL_REALS: Answer = { kind: "tuple", items: ends, open: "(", close: ")" };

/** The expression with its parts replaced, from the leaves up. */
function mapExpression(node: Expression, change: (node: Expression) => Expression): Expression {
  return change(node.kind === "call" ? { ...node, args: node.args.map((arg) => mapExpression(arg, change)) } : node);
}

/** The expression with other expressions in place of its variables. */
export function replaceVariables(node: Expression, by: ReadonlyMap<string, Expression>): Expression {
  return mapExpression(node, (part) => (part.kind === "variable" ? (by.get(part.name) ?? part) : part));
}

export function someExpression(node: Expression, test: (node: Expression) => boolean): boolean {
  return test(node) || (node.kind === "call" && node.args.some((arg) => someExpression(arg, test)));
}

export function variablesOf(node: Expression, found = new Set<string>()): Set<string> {
  if (node.kind === "variable") found.add(node.name);
  if (node.kind === "call") for (const arg of node.args) variablesOf(arg, found);
  return found;
}

/** The values of an expression with ±: one without any. @throws CannotTell for signs that may or may not go together */
export function variantsOf(node: Expression): Expression[] {
  let [plus, minus] = [0, 0];
  someExpression(node, (part) => {
    if (part.kind === "call" && part.name === "plusMinus") plus++;
    if (part.kind === "call" && part.name === "minusPlus") minus++;
    return false;
  });
  if (plus + minus === 0) return [node];
  if (plus > 1) throw new CannotTell("more than one ± can be read in two ways");
  const chosen = (upper: boolean) =>
    mapExpression(node, (part) => {
      if (part.kind !== "call" || !/^(?:plusMinus|minusPlus)$/.test(part.name)) return part;
      return { ...part, name: (part.name === "plusMinus") === upper ? "add" : "subtract" };
    });
  return [chosen(true), chosen(false)];
}
