/** The words of answers: functions, constants, Greek letters, and plain words with a meaning of their own. */

export const FUNCTIONS: ReadonlySet<string> = new Set(
  (
    "sin cos tan cot sec csc arcsin arccos arctan asin acos atan sinh cosh tanh ln log lg exp sqrt cbrt abs floor ceil " +
    "gcd lcm max min binom"
  ).split(" "),
);

const GREEK = (
  "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho varrho sigma tau " +
  "upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega ell"
).split(" ");
export const VARIABLE_COMMANDS: ReadonlySet<string> = new Set(GREEK);

/** Letters are read as words, not as products, from this many on. */
export const WORD_LENGTH = 4;

/** Short words that are no products of letters. */
export const SHORT_WORDS: ReadonlySet<string> = new Set(
  "no yes all odd and or if is the for of any not one two six ten are has am pm".split(" "),
);

/** Words for the same thing; a group's verdict against its opposite is `different`. */
export const SYNONYMS: Readonly<Record<string, string>> = {
  true: "yes",
  false: "no",
  none: "empty",
  "no solution": "empty",
  "no solutions": "empty",
  "no real solution": "empty",
  "no real solutions": "empty",
  "there are no solutions": "empty",
  "empty set": "empty",
  "the empty set": "empty",
  undefined: "undefined",
  "does not exist": "undefined",
  dne: "undefined",
  "all real numbers": "reals",
  "all reals": "reals",
};

/** Of each group, one excludes the others. */
export const OPPOSITES: readonly (readonly string[])[] = [
  ["yes", "no"],
  ["even", "odd"],
  ["even", "odd", "neither"],
  ["north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest"],
  ["ellipse", "circle", "parabola", "hyperbola"],
  ["empty", "reals"],
];

/** By their value. */
export const NUMBER_WORDS: readonly string[] = (
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen " +
  "eighteen nineteen twenty"
).split(" ");
