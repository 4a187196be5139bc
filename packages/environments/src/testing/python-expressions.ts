import fc from "fast-check";

/** Texts of Python expressions in x (a list) and v, well-typed more often than not, and what Python refuses among them. */
export const pythonExpressions: fc.Arbitrary<string> = fc.letrec<{ number: string; list: string; truth: string }>(
  (tie) => {
    const [number, list, truth] = [tie("number"), tie("list"), tie("truth")];
    const bound = fc.oneof(fc.constant(""), fc.integer({ min: -4, max: 4 }).map(String));
    const join = (parts: fc.Arbitrary<string>[], make: (...texts: string[]) => string) =>
      fc.tuple(...parts).map((texts) => make(...texts));
    const operator = (...signs: string[]) => fc.constantFrom(...signs);
    return {
      number: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        fc.integer({ min: 0, max: 12 }).map(String),
        join([number, operator("+", "-", "*", "//", "%"), number], (a, sign, b) => `${a} ${sign} ${b}`),
        join([number, operator("+", "-", "*", "//", "%"), number], (a, sign, b) => `(${a} ${sign} ${b})`),
        number.map((a) => `-${a}`),
        join([number, fc.constantFrom("0", "1", "2", "3")], (a, b) => `${a} ** ${b}`),
        join([operator("sum", "len", "max", "min"), list], (name, a) => `${name}(${a})`),
        join([operator("max", "min"), number, number], (name, a, b) => `${name}(${a}, ${b})`),
        number.map((a) => `abs(${a})`),
        join([list, number], (a, at) => `${a}[${at}]`),
        join([number, truth, number], (a, when, b) => `(${a} if ${when} else ${b})`),
        join([number, list, truth], (a, from, when) => `sum(${a} + v for v in ${from} if ${when})`),
        join([truth, truth], (a, b) => `(${a} and ${b})`),
      ),
      list: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        fc.constantFrom("x", "[]", "[1]", "[0, 2]", "[3, 1, 2]"),
        join([number, number], (a, b) => `[${a}, ${b}]`),
        join([operator("sorted", "list", "reversed"), list], (name, a) =>
          name === "reversed" ? `list(reversed(${a}))` : `${name}(${a})`,
        ),
        list.map((a) => `sorted(${a}, reverse=True)`),
        join([list, bound, bound], (a, from, to) => `${a}[${from}:${to}]`),
        join([list, bound, bound, bound], (a, from, to, step) => `${a}[${from}:${to}:${step}]`),
        join([list, list], (a, b) => `(${a} + ${b})`),
        join([list, fc.constantFrom("0", "2", "-1")], (a, times) => `(${a} * ${times})`),
        join(
          [list, operator("v + 1", "v * v", "v % 3", "-v"), truth],
          (a, item, when) => `[${item} for v in ${a} if ${when}]`,
        ),
        join([list, operator("v > 1", "v % 2 == 0", "not v")], (a, when) => `[v for v in ${a} if ${when}]`),
        fc.constantFrom("list(range(4))", "list(range(1, 9, 3))", "list(range(5, 0, -2))", "reversed(x)", "range(3)"),
      ),
      truth: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        fc.constantFrom("True", "False"),
        join([number, operator("==", "!=", "<", "<=", ">", ">="), number], (a, sign, b) => `${a} ${sign} ${b}`),
        join([number, number, number], (a, b, c) => `${a} < ${b} <= ${c}`),
        join([number, operator("in", "not in"), list], (a, sign, b) => `${a} ${sign} ${b}`),
        join([list, operator("==", "!=", "<"), list], (a, sign, b) => `${a} ${sign} ${b}`),
        join([truth, operator("and", "or"), truth], (a, sign, b) => `(${a} ${sign} ${b})`),
        truth.map((a) => `not ${a}`),
        join([operator("any", "all"), list], (name, a) => `${name}(${a})`),
      ),
    };
  },
).number;
