import fc from "fast-check";
import { expect, test } from "vitest";
import { mathVerdict } from "./math-verdict.js";

type Case = readonly [gold: string, answer: string];

/** Filed by users of Math-Verify (issues 14, 37, 39, 41, 56, 60, 64, 76): taken as equal there, or not. */
const filed: { readonly equal: readonly Case[]; readonly unequal: readonly Case[] } = {
  equal: [
    ["\\sqrt{1/n}", "\\frac{1}{\\sqrt{n}}"],
    ["\\text{13}", "13"],
    ["\\frac{\\sqrt{3}}{3}", "sqrt(3)/3"],
    ["73", "**73**"],
    ["\\{1,3\\} \\cup \\{2,4\\}", "\\{1,2,3,4\\}"],
  ],
  unequal: [
    ["\\frac{1}{2004!}", "\\frac{1}{2006!}"],
    ["\\frac{1}{2^{99}}", "\\frac{1}{2^{98}}"],
    ["n=2, 3, 4", "n=1, 2, 3"],
    ["D = (0, 1)", "D = (0, 1.5)"],
    ["19, 46, \\text{ and } 82", "21, 36, and 82"],
    ["\\frac{2^{2005}+1}{3 \\cdot 2^{2006}}", "\\frac{1}{3 \\cdot 2^{2006}}"],
    ["1 - \\frac{1}{\\mathrm{e}}", "1 + \\frac{1}{\\mathrm{e}}"],
    ["\\pm 2021", "2021"],
    ["12:00", "1:00"],
    ["F_n = \\sum_{k=0}^{n-1} F_k F_{n-k-1}", "F_n = \\sum_{k=0}^{n-2} F_k F_{n-k-2}"],
    ["1, 2, \\ldots, n", "1, 3, 5, \\ldots, 2n-1"],
    ["4", "4\\sqrt(2)"],
    ["f(x) = 0", "\\forall x>0, f(x) = 0"],
    ["\\left( 3, \\frac{\\pi}{2} \\right)", "(3, \\frac{2\\pi}{3})"],
    ["3*x-1*y+13=0", "3x + 4y + 14=0"],
  ],
};

test.each(filed.equal)("Math-Verify's users: %s is %s", (gold, answer) => {
  expect(mathVerdict(gold, answer).verdict).toBe("equal");
});
test.each(filed.unequal)("Math-Verify's users: %s is not %s", (gold, answer) => {
  expect(mathVerdict(gold, answer).verdict).not.toBe("equal");
});

const EQUAL: readonly Case[] = [
  ["\\boxed{\\dfrac{3}{4}}", "0.75"],
  ["1\\frac12", "3/2"],
  ["\\tfrac12", "50\\%"],
  ["10{,}000", "10000"],
  ["11,\\! 111,\\! 111,\\! 100", "11111111100"],
  ["\\text{(C)}", "C"],
  ["(x+1)^2", "x^2+2x+1"],
  ["2^a 3^b", "3^b*2^a"],
  ["(n-2)2^n + 1", "2^n n - 2^{n+1} + 1"],
  ["x = 3", "3"],
  ["6.02e3", "6020"],
  ["\\binom{10}{3}", "120"],
  ["\\log_2 8", "3"],
  ["\\sin 30^\\circ", "\\frac12"],
  ["\\sqrt{3+2\\sqrt2}", "1+\\sqrt2"],
  ["\\sqrt{x^2}", "|x|"],
  ["\\frac{1}{i}", "-i"],
  ["e^{i\\pi}", "-1"],
  ["2^{100000}", "4^{50000}"],
  ["0.1\\overline{6}", "1/6"],
  ["\\{1\\pm\\sqrt{5},-2\\}", "-2, 1-\\sqrt5, 1+\\sqrt5"],
  ["\\{1,1,2\\}", "\\{2,1\\}"],
  ["3, 5, 7", "7, 5 and 3"],
  ["[1,2]\\cup[2,3]", "[1,3]"],
  ["x \\in [-2,7]", "-2 \\le x \\le 7"],
  ["x<1 or x>2", "(-\\infty,1)\\cup(2,\\infty)"],
  ["x \\ne 3", "(-\\infty,3)\\cup(3,\\infty)"],
  ["all real numbers", "(-\\infty,\\infty)"],
  ["36 km/h", "10 m/s"],
  ["864 \\mbox{ inches}^2", "6 square feet"],
  ["5.4 \\text{ cents}", "0.054 dollars"],
  ["90^\\circ", "\\frac{\\pi}{2}\\text{ radians}"],
  ["18", "$18"],
  ["y = 2x + 3", "2x - y + 3 = 0"],
  ["f(x)=x+1", "f(t)=t+1"],
  ["2:3", "4:6"],
  ["\\text{no solutions}", "\\emptyset"],
  ["\\begin{pmatrix}1\\\\2\\end{pmatrix}", "\\begin{bmatrix}1\\\\2\\end{bmatrix}"],
  ["√2", "\\sqrt{2}"],
  ["x^0", "1"],
  ["six", "6"],
  ["3 hours", "3"],
];
const DIFFERENT: readonly Case[] = [
  ["x=3", "y=3"],
  ["(1,2)", "(2,1)"],
  ["(1,2]", "[1,2)"],
  ["0.333", "1/3"],
  ["3.1415926535897932384626433832795028841971693993751058209749445923", "\\pi"],
  ["10^{10^{10}}", "10^{10^{9}}"],
  ["e^{\\pi\\sqrt{163}}", "262537412640768744"],
  ["\\sqrt{2}+\\sqrt{3}-\\sqrt{5+2\\sqrt6}", "10^{-70}"],
  ["5 cm", "5 m"],
  ["5 kg", "5 m"],
  ["A", "B"],
  ["yes", "no"],
  ["x+y", "x-y"],
  ["\\lfloor\\sqrt{n-1}\\rfloor", "\\lfloor\\sqrt{n-2}\\rfloor"],
  ["3a^2 - b^2 = 3", "3a^2 - b^2 = 4"],
  ["[1,2)\\cup(2,3]", "[1,3]"],
  ["i", "-i"],
  ["x<3", "x\\le 3"],
  ["a=1, b=2", "a=2, b=1"],
  ["5", "5 or 6"],
  ["1 2/3", "12/3"],
  ["5", ""],
];
const UNTOLD: readonly Case[] = [
  ["0^0", "1"],
  ["0^0", "0"],
  ["\\frac{1}{0}", "5"],
  ["1,5", "1.5"],
  ["1.234,5", "1234.5"],
  ["(1,000)", "1000"],
  ["60", "60\\%"],
  ["52_8", "52"],
  ["1/2x", "x/2"],
  ["\\ln 2", "\\log 2"],
  ["\\sqrt{x^2}", "x"],
  ["2n", "2k"],
  ["f(x)=x+1", "g(x)=x+1"],
  ["3, 5", "(3, 5)"],
  ["C", "12"],
  ["x=2", "x^2=4"],
  ["(-8)^{1/3}", "-2"],
  ["5", "5 (see above)"],
  ["3:00 PM", "3:00 AM"],
  ["3 hours", "180"],
  ["4 2", "42"],
  ["5", "5,"],
  ["5", "\\boxed{5} or \\boxed{6}"],
  ["\\sum_{k=1}^{n} k", "\\frac{n(n+1)}{2}"],
  ["\\text{prime numbers}", "\\text{the set of all primes}"],
  ["", ""],
];

test.each([
  ...EQUAL.map(([gold, answer]) => [gold, answer, "equal"] as const),
  ...DIFFERENT.map(([gold, answer]) => [gold, answer, "different"] as const),
  ...UNTOLD.map(([gold, answer]) => [gold, answer, "cannot tell"] as const),
])("%s against %s: %s, either way round", (gold, answer, verdict) => {
  expect(mathVerdict(gold, answer)).toMatchObject({ verdict });
  expect(mathVerdict(answer, gold)).toMatchObject({ verdict });
});

const integers = fc.integer({ min: -999, max: 999 });
const written = fc.tuple(integers, fc.integer({ min: 1, max: 99 }), fc.nat(5)).map(([n, d, how]) => {
  const scaled = `\\frac{${n * (how + 2)}}{${d * (how + 2)}}`;
  const forms = [
    `${n}/${d}`,
    `\\frac{${n}}{${d}}`,
    scaled,
    `$\\dfrac{${n}}{${d}}$`,
    `${n} \\cdot ${d}^{-1}`,
    `(${n})/(${d})`,
  ];
  return { value: [n, d] as const, text: forms[how]! };
});

test("fractions are equal exactly where their cross products are, however they are written", () => {
  fc.assert(
    fc.property(written, written, ({ value: [a, b], text: x }, { value: [c, d], text: y }) => {
      expect(mathVerdict(x, y).verdict).toBe(a * d === c * b ? "equal" : "different");
    }),
  );
});

test("a + b√c times its conjugate is a² - b²c, and is told from one more", () => {
  fc.assert(
    fc.property(integers, integers, fc.integer({ min: 2, max: 60 }), (a, b, c) => {
      const product = `(${a}+${b}\\sqrt{${c}})(${a}-${b}\\sqrt{${c}})`;
      expect(mathVerdict(product, `${a * a - b * b * c}`).verdict).toBe("equal");
      expect(mathVerdict(product, `${a * a - b * b * c + 1}`).verdict).toBe("different");
    }),
    { numRuns: 50 },
  );
});

test("polynomials are equal to their expansions and to nothing else", () => {
  fc.assert(
    fc.property(integers, integers, integers, (a, b, c) => {
      const expanded = `x^2 + (${a + b})x + (${a * b})`;
      expect(mathVerdict(`(x+${a})(x+${b})`, expanded).verdict).toBe("equal");
      if (c !== 0) expect(mathVerdict(`(x+${a})(x+${b})`, `${expanded} + ${c}x`).verdict).toBe("different");
    }),
    { numRuns: 50 },
  );
});

test("any two texts have a verdict, the same either way round", () => {
  const symbols = fc.string({
    unit: fc.constantFrom(..."0123.,+-*/^_()[]{}|<>= xyn\\", "\\frac", "\\sqrt", "\\pm", "\\cup", "or "),
    maxLength: 24,
  });
  fc.assert(
    fc.property(fc.oneof(fc.string(), symbols), symbols, (a, b) => {
      expect(mathVerdict(b, a).verdict).toBe(mathVerdict(a, b).verdict);
    }),
    { numRuns: 2000 },
  );
});

const HOSTILE: readonly string[] = [
  ...[
    "9^9^9^9",
    "9".repeat(100_000),
    "99999999^99999999^2",
    "((((((((3!)!)!)!)!)!)!)!)!",
    "20000!/19999!",
    "1e999999999",
  ],
  ...[
    "(".repeat(50_000) + 1 + ")".repeat(50_000),
    "\\frac{".repeat(480),
    `${"2^".repeat(900)}2`,
    `${"-".repeat(2900)}1`,
  ],
  ...[
    `${"\\sin(".repeat(50)}x${")".repeat(50)}`,
    "\\sin x ".repeat(200),
    "(x+y+z+w)^{300}",
    "x^x^x^x",
    "\\gcd(2^{90000},3^{90000})",
  ],
  ...["\\sqrt[1000]{2^{100000}+1}", "\\lfloor 10^{5000}\\pi \\rfloor", `${"((1,2),".repeat(60)}3${")".repeat(60)}`],
  ...[
    "\\boxed{".repeat(400) + "}".repeat(400),
    "$".repeat(3000),
    "\\".repeat(3000),
    "x=".repeat(700),
    `${" ".repeat(2999)}.`,
  ],
];

test("hostile answers end within the budget and are never equal to anything", () => {
  for (const hostile of HOSTILE)
    for (const gold of ["5", "x^2+\\sqrt{2}", "\\{1,2\\}", "(0,1)", "y=2x"]) {
      expect(mathVerdict(gold, hostile).verdict, hostile.slice(0, 40)).not.toBe("equal");
      expect(mathVerdict(hostile, gold).verdict, hostile.slice(0, 40)).not.toBe("equal");
    }
});
