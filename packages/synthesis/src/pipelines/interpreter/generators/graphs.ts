/** Graphs: given by a formula, so that an edge list must be computed; distances, trees, triangles and flows. */

import type { Draw } from "@cachalot/tensor";
import { type Generator, given } from "../generator.js";

interface Formula {
  n: number;
  a: number;
  b: number;
  m: number;
  t: number;
}

/** Edges {i, j} where a mix of i and j falls below a threshold; weights come from the same mix. */
function formula(draw: Draw, n: number, degree: number): { values: Formula; said: string; python: string } {
  const m = draw.one([997, 1009, 1511, 2003]);
  const [a, b] = [draw.integer(3, m - 2), draw.integer(3, m - 2)];
  const t = Math.max(2, Math.round((degree * m) / n));
  const said =
    `A graph has the vertices 0 to ${n - 1}. For i < j let h(i, j) = (${a}*i^2 + ${b}*j + i*j) mod ${m}; ` +
    `the undirected edge {i, j} is there exactly when h(i, j) < ${t}, with weight 1 + h(i, j) mod 10`;
  const python = `
edges = [(i, j, 1 + (a * i * i + b * j + i * j) % m % 10) for i in range(n) for j in range(i + 1, n) if (a * i * i + b * j + i * j) % m < t]`;
  return { values: { n, a, b, m, t }, said, python };
}

const size = (draw: Draw, level: number) => draw.integer(40, 70) * 2 ** level;

const distances: Generator = {
  name: "shortest-paths",
  family: "graphs",
  problem(draw, level) {
    const { values, said, python } = formula(draw, size(draw, level), 5);
    return {
      prompt: `${said}. Sum the weights of the lightest paths from vertex 0 to all vertices that can be reached from it.`,
      programs: [
        `${given({ ...values })}${python}
import heapq
near = {v: [] for v in range(n)}
for i, j, w in edges:
    near[i].append((j, w))
    near[j].append((i, w))
far, heap = {}, [(0, 0)]
while heap:
    d, v = heapq.heappop(heap)
    if v in far:
        continue
    far[v] = d
    for u, w in near[v]:
        if u not in far:
            heapq.heappush(heap, (d + w, u))
print(sum(far.values()))`,
        `${given({ ...values })}${python}
INFINITE = float("inf")
far = [0] + [INFINITE] * (n - 1)
changed = True
while changed:
    changed = False
    for i, j, w in edges:
        for u, v in ((i, j), (j, i)):
            if far[u] + w < far[v]:
                far[v], changed = far[u] + w, True
print(sum(d for d in far if d < INFINITE))`,
      ],
      compare: "exact",
      guesses: [values.n * 10, values.n * 5],
    };
  },
};

const forest: Generator = {
  name: "lightest-forest",
  family: "graphs",
  problem(draw, level) {
    const { values, said, python } = formula(draw, size(draw, level), 4);
    return {
      prompt: `${said}. Let F be a spanning forest of least total weight (a spanning tree of each connected component). Compute 1000 times the number of components plus the weight of F.`,
      programs: [
        `${given({ ...values })}${python}
parent = list(range(n))
def root(v):
    while parent[v] != v:
        parent[v] = parent[parent[v]]
        v = parent[v]
    return v
weight, parts = 0, n
for w, i, j in sorted((w, i, j) for i, j, w in edges):
    if root(i) != root(j):
        parent[root(i)] = root(j)
        weight, parts = weight + w, parts - 1
print(1000 * parts + weight)`,
        `${given({ ...values })}${python}
near = [{} for _ in range(n)]
for i, j, w in edges:
    near[i][j] = near[j][i] = w
left, weight, parts = set(range(n)), 0, 0
while left:
    start = left.pop()
    parts += 1
    best = dict(near[start])
    best = {v: w for v, w in best.items() if v in left}
    while best:
        v = min(best, key=best.get)
        weight += best.pop(v)
        left.discard(v)
        for u, w in near[v].items():
            if u in left and w < best.get(u, 99):
                best[u] = w
print(1000 * parts + weight)`,
      ],
      compare: "exact",
      guesses: [1000 + values.n - 1, 1000 + 2 * values.n],
    };
  },
};

const triangles: Generator = {
  name: "triangles",
  family: "graphs",
  problem(draw, level) {
    const { values, said, python } = formula(draw, size(draw, level), 14);
    return {
      prompt: `${said}. How many triangles (sets of three vertices with all three edges) does the graph have?`,
      programs: [
        `${given({ ...values })}${python}
near = [set() for _ in range(n)]
for i, j, _ in edges:
    near[i].add(j)
    near[j].add(i)
print(sum(len(near[i] & near[j]) for i, j, _ in edges) // 3)`,
        `${given({ ...values })}${python}
rows = [0] * n
for i, j, _ in edges:
    rows[i] |= 1 << j
count = 0
for i in range(n):
    for j in range(i + 1, n):
        if rows[i] >> j & 1:
            count += bin(rows[i] & rows[j] & ~((1 << (j + 1)) - 1)).count("1")
print(count)`,
      ],
      compare: "exact",
      guesses: [values.n, Math.round(14 ** 3 / 6)],
    };
  },
};

const trees: Generator = {
  name: "spanning-trees",
  family: "graphs",
  problem(draw, level) {
    const n = draw.integer(9, 12) + 3 * level;
    const { values, said, python } = formula(draw, n, n / 2);
    return {
      prompt: `${said}. To it the edges {i, i+1} for all i from 0 to ${n - 2} are added where they are missing. How many spanning trees does the graph then have, modulo 1000003? (Weights do not matter.)`,
      programs: [
        `${given({ ...values })}${python}
p = 1000003
pairs = {(i, j) for i, j, _ in edges} | {(i, i + 1) for i in range(n - 1)}
matrix = [[0] * n for _ in range(n)]
for i, j in pairs:
    matrix[i][i] += 1
    matrix[j][j] += 1
    matrix[i][j] -= 1
    matrix[j][i] -= 1
matrix = [row[1:] for row in matrix[1:]]
size, result = n - 1, 1
for c in range(size):
    pivot = next((r for r in range(c, size) if matrix[r][c] % p), None)
    if pivot is None:
        result = 0
        break
    if pivot != c:
        matrix[c], matrix[pivot], result = matrix[pivot], matrix[c], -result
    result = result * matrix[c][c] % p
    inverse = pow(matrix[c][c], -1, p)
    for r in range(c + 1, size):
        factor = matrix[r][c] * inverse % p
        matrix[r] = [(x - factor * y) % p for x, y in zip(matrix[r], matrix[c])]
print(result % p)`,
        `${given({ ...values })}${python}
# vertex by vertex: the last one is taken out, its edges become edges between its neighbours (star-mesh), exactly in fractions
from fractions import Fraction
pairs = {(i, j) for i, j, _ in edges} | {(i, i + 1) for i in range(n - 1)}
weight = {pair: Fraction(1) for pair in pairs}
trees = Fraction(1)
for v in range(n - 1, 0, -1):
    mine = {(i if j == v else j): weight.pop((i, j)) for i, j in list(weight) if v in (i, j)}
    total = sum(mine.values())
    trees *= total
    around = sorted(mine)
    for x, i in enumerate(around):
        for j in around[x + 1 :]:
            weight[i, j] = weight.get((i, j), Fraction(0)) + mine[i] * mine[j] / total
print(int(trees) % 1000003)`,
      ],
      compare: "exact",
      guesses: [n ** 2, n],
    };
  },
};

export const graphs: readonly Generator[] = [distances, forest, triangles, trees];
