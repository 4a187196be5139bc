/** Counting: paths, words, partitions and placements, by dynamic programming and by another way. */

import { type Generator, given } from "../generator.js";

const paths: Generator = {
  name: "lattice-paths",
  family: "counting",
  problem(draw, level) {
    const [width, height] = [draw.integer(8, 12) + 3 * level, draw.integer(8, 12) + 3 * level];
    const cells = new Map<string, [number, number]>();
    while (cells.size < 5 + level) {
      const cell: [number, number] = [draw.integer(1, width - 1), draw.integer(1, height - 1)];
      cells.set(`${cell}`, cell);
    }
    const blocked = [...cells.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const said = blocked.map(([x, y]) => `(${x}, ${y})`).join(", ");
    return {
      prompt: `A path goes from (0, 0) to (${width}, ${height}) in unit steps right (1, 0) and up (0, 1). How many such paths visit none of the points ${said}?`,
      programs: [
        `${given({ width, height, blocked })}
blocked = {tuple(cell) for cell in blocked}
ways = [[0] * (height + 1) for _ in range(width + 1)]
for x in range(width + 1):
    for y in range(height + 1):
        if (x, y) in blocked:
            continue
        ways[x][y] = 1 if x == y == 0 else (ways[x - 1][y] if x else 0) + (ways[x][y - 1] if y else 0)
print(ways[width][height])`,
        `${given({ width, height, blocked })}
from math import comb
points = sorted(tuple(cell) for cell in blocked) + [(width, height)]
free = []
for i, (x, y) in enumerate(points):
    count = comb(x + y, x)
    for (a, b), before in zip(points[:i], free):
        if a <= x and b <= y:
            count -= before * comb(x - a + y - b, x - a)
    free.append(count)
print(free[-1])`,
      ],
      compare: "exact",
      guesses: [binomial(width + height, width)],
    };
  },
};

function binomial(n: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i;
  return Math.round(value);
}

const words: Generator = {
  name: "words-without",
  family: "counting",
  problem(draw, level) {
    const n = draw.integer(18, 30) + 15 * level;
    const letters = draw.one(["ab", "abc"]);
    const word = () => Array.from({ length: draw.integer(3, 4) }, () => draw.one([...letters])).join("");
    const avoided = [...new Set([word(), word(), word()])].sort();
    return {
      prompt: `How many words of length ${n} over the letters ${[...letters].join(", ")} contain none of ${avoided.join(", ")} as a run of consecutive letters? Give the count modulo 1000000007.`,
      programs: [
        `${given({ n, letters, avoided })}
counts = {"": 1}
for _ in range(n):
    following = {}
    for tail, count in counts.items():
        for letter in letters:
            text = tail + letter
            if any(text.endswith(word) for word in avoided):
                continue
            following[text[-3:]] = following.get(text[-3:], 0) + count
    counts = following
print(sum(counts.values()) % 1000000007)`,
        `${given({ n, letters, avoided })}
from itertools import product
p = 1000000007
states = ["".join(s) for s in product(letters, repeat=4)]
good = [s for s in states if not any(word in s for word in avoided)]
index = {s: i for i, s in enumerate(good)}
step = [[0] * len(good) for _ in good]
for s in good:
    for letter in letters:
        if s[1:] + letter in index:
            step[index[s]][index[s[1:] + letter]] += 1
def times(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) % p for column in columns] for row in a]
vector, power, e = [[1] * len(good)], step, n - 4
while e:
    if e % 2:
        vector = times(vector, power)
    power, e = times(power, power), e // 2
print(sum(vector[0]) % p)`,
      ],
      compare: "exact",
      guesses: [letters.length ** Math.min(n, 20)],
    };
  },
};

const coins: Generator = {
  name: "partitions",
  family: "counting",
  problem(draw, level) {
    const parts = draw
      .some(
        Array.from({ length: 28 }, (_, i) => i + 2),
        6 + level,
      )
      .sort((a, b) => a - b);
    const [total, most] = [draw.integer(150, 300) * 2 ** level, draw.integer(6, 12)];
    return {
      prompt: `In how many ways can ${total} be written as a sum of parts from {${parts.join(", ")}}, each part used at most ${most} times, when the order of parts does not matter?`,
      programs: [
        `${given({ parts, total, most })}
ways = [1] + [0] * total
for part in parts:
    ways = [sum(ways[s - k * part] for k in range(most + 1) if s >= k * part) for s in range(total + 1)]
print(ways[total])`,
        `${given({ parts, total, most })}
from functools import lru_cache
@lru_cache(None)
def count(i, rest):
    if rest == 0:
        return 1
    if i == len(parts) or rest > most * sum(parts[i:]):
        return 0
    return sum(count(i + 1, rest - k * parts[i]) for k in range(min(most, rest // parts[i]) + 1))
print(count(0, total))`,
      ],
      compare: "exact",
      guesses: [total, most ** parts.length],
    };
  },
};

const placements: Generator = {
  name: "forbidden-places",
  family: "counting",
  problem(draw, level) {
    const n = 8 + 2 * level;
    const rows = Array.from({ length: n }, () =>
      draw
        .some(
          Array.from({ length: n }, (_, i) => i + 1),
          draw.integer(1, 3),
        )
        .sort((a, b) => a - b),
    );
    const said = rows.map((row, i) => `person ${i + 1} not on ${row.join(", ")}`).join("; ");
    return {
      prompt: `${n} persons sit on ${n} chairs numbered 1 to ${n}, one on each: ${said}. In how many ways can they sit?`,
      programs: [
        `${given({ n, rows })}
ways = {0: 1}
for row in rows:
    following = {}
    for taken, count in ways.items():
        for chair in range(n):
            if not taken >> chair & 1 and chair + 1 not in row:
                key = taken | 1 << chair
                following[key] = following.get(key, 0) + count
    ways = following
print(ways.get((1 << n) - 1, 0))`,
        `${given({ n, rows })}
# Ryser's formula for the permanent
sums, sign, total = [0] * n, (-1) ** n, 0
allowed = [[int(c + 1 not in row) for c in range(n)] for row in rows]
previous = 0
for k in range(1, 1 << n):
    gray = k ^ (k >> 1)
    column = (gray ^ previous).bit_length() - 1
    step = 1 if gray >> column & 1 else -1
    for i in range(n):
        sums[i] += step * allowed[i][column]
    product = 1
    for s in sums:
        product *= s
    total += product if bin(gray).count("1") % 2 == 0 else -product
    previous = gray
print(sign * total)`,
      ],
      compare: "exact",
      guesses: [Math.round(factorial(n) * 0.13), factorial(n)],
    };
  },
};

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

export const counting: readonly Generator[] = [paths, words, coins, placements];
