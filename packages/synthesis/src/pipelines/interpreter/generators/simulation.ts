/** Simulation with exact expectation: chains solved in fractions and by iteration, and machines that must be run. */

import { type Generator, given } from "../generator.js";

const board: Generator = {
  name: "board-game",
  family: "simulation",
  problem(draw, level) {
    const squares = draw.integer(14, 24) + 12 * level;
    const die = draw.one([4, 6, 8]);
    const ends = draw.some(
      Array.from({ length: squares - 2 }, (_, i) => i + 1),
      6,
    );
    const jumps = [0, 2, 4].map((i) => [ends[i]!, ends[i + 1]!] as const);
    const said = jumps.map(([from, to]) => `${from} to ${to}`).join(", ");
    return {
      prompt: `A token starts on square 0 of squares 0 to ${squares}. Each turn a fair ${die}-sided die is rolled and the token moves forward by the roll; a roll that would pass square ${squares} leaves it where it is. A token that ends its move on the first square of one of these jumps goes to the second at once (no further jump follows): ${said}. What is the expected number of turns until it is on square ${squares}? Round to 6 decimals.`,
      programs: [
        `${given({ squares, die, jumps })}
from fractions import Fraction
jumps = dict(map(tuple, jumps))
rows = []
for s in range(squares):
    row = [Fraction(0)] * (squares + 1)
    row[s] += 1
    row[squares] += 1
    for roll in range(1, die + 1):
        t = s + roll if s + roll <= squares else s
        t = jumps.get(t, t) if t != s else s
        if t != squares:
            row[t] -= Fraction(1, die)
    rows.append(row)
for i in range(squares):
    pivot = next(r for r in range(i, squares) if rows[r][i] != 0)
    rows[i], rows[pivot] = rows[pivot], rows[i]
    rows[i] = [v / rows[i][i] for v in rows[i]]
    for r in range(squares):
        if r != i and rows[r][i] != 0:
            factor = rows[r][i]
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i])]
print(f"{float(rows[0][squares]):.6f}")`,
        `${given({ squares, die, jumps })}
jumps = dict(map(tuple, jumps))
here, expected, turn = {0: 1.0}, 0.0, 0
while sum(here.values()) > 1e-15 and turn < 200000:
    expected += sum(here.values())
    following = {}
    for s, chance in here.items():
        for roll in range(1, die + 1):
            t = s + roll if s + roll <= squares else s
            t = jumps.get(t, t) if t != s else s
            if t != squares:
                following[t] = following.get(t, 0.0) + chance / die
    here, turn = following, turn + 1
print(f"{expected:.6f}")`,
      ],
      compare: "close",
      guesses: [Math.round((2 * squares) / (die + 1)), squares / die],
    };
  },
};

const coupons: Generator = {
  name: "unequal-coupons",
  family: "simulation",
  problem(draw, level) {
    const weights = Array.from({ length: 5 + 2 * level }, () => draw.integer(1, 12));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return {
      prompt: `Each packet holds one coupon: coupon i with probability w_i/${sum}, where the weights w are ${weights.join(", ")}. What is the expected number of packets until every coupon was found at least once? Round to 6 decimals.`,
      programs: [
        `${given({ weights })}
from itertools import combinations
from fractions import Fraction
total, expected = sum(weights), Fraction(0)
for k in range(1, len(weights) + 1):
    for subset in combinations(weights, k):
        expected += (-1) ** (k + 1) * Fraction(total, sum(subset))
print(f"{float(expected):.6f}")`,
        `${given({ weights })}
n, total = len(weights), sum(weights)
rest = [0.0] * (1 << n)
for found in range((1 << n) - 2, -1, -1):
    missing = [i for i in range(n) if not found >> i & 1]
    chance = sum(weights[i] for i in missing) / total
    rest[found] = (1 + sum(weights[i] / total * rest[found | 1 << i] for i in missing)) / chance
print(f"{rest[0]:.6f}")`,
      ],
      compare: "close",
      guesses: [weights.length, Math.round(sum / Math.min(...weights))],
    };
  },
};

const walker: Generator = {
  name: "generator-walk",
  family: "simulation",
  problem(draw, level) {
    const m = draw.one([9973, 10_007, 32_749, 65_521]);
    const [a, c, x] = [draw.integer(2, m - 2), draw.integer(1, m - 1), draw.integer(0, m - 1)];
    const steps = draw.integer(20_000, 60_000) * 4 ** level;
    return {
      prompt: `A machine starts with x = ${x} and a walker at (0, 0). In each step x becomes (${a}*x + ${c}) mod ${m}; then x mod 4 tells where the walker goes: 0 right (1, 0), 1 up (0, 1), 2 left (-1, 0), 3 down (0, -1). How many different points, the start among them, has the walker been on after ${steps} steps?`,
      programs: [
        `${given({ m, a, c, x, steps })}
i = j = 0
seen = {(0, 0)}
for _ in range(steps):
    x = (a * x + c) % m
    i += (1, 0, -1, 0)[x % 4]
    j += (0, 1, 0, -1)[x % 4]
    seen.add((i, j))
print(len(seen))`,
        `${given({ m, a, c, x, steps })}
states, first, turns = [], {}, 0
while True:
    x = (a * x + c) % m
    if x in first:
        break
    first[x] = len(states)
    states.append(x)
move = {0: 1, 1: 1j, 2: -1, 3: -1j}
tail, cycle = states[: first[x]], states[first[x] :]
place, seen = 0, {0}
for state in tail[:steps]:
    place += move[state % 4]
    seen.add(place)
left = steps - len(tail)
offsets, at = [], 0
for state in cycle:
    at += move[state % 4]
    offsets.append(at)
for k in range(max(0, -(-left // len(cycle)))):
    for index in range(min(len(cycle), left - k * len(cycle))):
        seen.add(place + k * at + offsets[index])
print(len(seen))`,
      ],
      compare: "exact",
      guesses: [Math.round(Math.sqrt(steps)), steps, m],
    };
  },
};

export const simulation: readonly Generator[] = [board, coupons, walker];
