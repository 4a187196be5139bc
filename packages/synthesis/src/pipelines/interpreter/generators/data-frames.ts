/** Data frames: questions over real tables, answered with csv and plain Python, and in SQL. */

import { type CodeProblem, type Generator, given } from "../generator.js";

interface Table {
  file: string;
  about: string;
  numbers: readonly string[];
  groups: readonly string[];
}

const TABLES: readonly Table[] = [
  {
    file: "penguins.csv",
    about: "measures of penguins",
    numbers: ["beak_length_mm", "beak_depth_mm", "flipper_length_mm", "body_mass_g"],
    groups: ["species", "island", "sex"],
  },
  {
    file: "seattle-weather.csv",
    about: "the daily weather of Seattle, 2012 to 2015",
    numbers: ["precipitation", "temp_max", "temp_min", "wind"],
    groups: ["weather", "substr(date, 1, 7)", "substr(date, 6, 2)"],
  },
  {
    file: "us-employment.csv",
    about: "monthly U.S. employment in thousands, 2006 to 2015",
    numbers: ["construction", "manufacturing", "retail_trade", "information", "leisure_and_hospitality", "government"],
    groups: ["substr(month, 1, 4)", "substr(month, 6, 2)"],
  },
];

/** What a group is called, and how Python and SQL have it. */
function groupBy(column: string): { said: string; python: string; sql: string } {
  const [, name, from, length] = /^substr\((\w+), (\d+), (\d+)\)$/.exec(column) ?? [];
  if (name === undefined) return { said: column, python: `row["${column}"]`, sql: column };
  const part = length === "7" ? "month and year" : length === "4" ? "year" : "month of the year (01 to 12)";
  const start = Number(from) - 1;
  return { said: `${part} of ${name}`, python: `row["${name}"][${start}:${start + Number(length)}]`, sql: column };
}

const LOAD = `
import csv
with open(table, newline="") as file:
    rows = list(csv.DictReader(file))`;

const LOAD_SQL = `
import csv, sqlite3
with open(table, newline="") as file:
    lines = list(csv.reader(file))
database = sqlite3.connect(":memory:")
database.execute("CREATE TABLE t (" + ", ".join(f'"{name}"' for name in lines[0]) + ")")
def typed(text):
    if text == "":
        return None
    try:
        return float(text)
    except ValueError:
        return text
database.executemany("INSERT INTO t VALUES (" + ", ".join("?" * len(lines[0])) + ")", [[typed(v) for v in line] for line in lines[1:]])`;

const opening = ({ file, about }: Table) =>
  `The table /app/${file} holds ${about}. Rows with an empty cell in a column that is needed are left out.`;

const spread: Generator = {
  name: "group-spread",
  family: "data frames",
  problem(draw, level) {
    const table = draw.one(TABLES);
    const [x, y] = draw.some(table.numbers, 2) as [string, string];
    const group = groupBy(draw.one(table.groups));
    const share = draw.integer(20, 70);
    return problem(table, {
      prompt: `${opening(table)} Keep the rows whose ${x} is at least the value at position floor(n*${share}/100) (counted from 0) of all n values of ${x} in ascending order. Group them by ${group.said} (rows without it are left out), leave out groups of fewer than ${3 + level} rows, and compute the mean of ${y} in each group. By how much does the greatest of these means exceed the least? Round to 4 decimals.`,
      python: `
usable = [row for row in rows if row["${x}"] != "" and row["${y}"] != "" and ${group.python} != ""]
values = sorted(float(row["${x}"]) for row in rows if row["${x}"] != "")
least = values[len(values) * ${share} // 100]
groups = {}
for row in usable:
    if float(row["${x}"]) >= least:
        groups.setdefault(${group.python}, []).append(float(row["${y}"]))
means = [sum(g) / len(g) for g in groups.values() if len(g) >= ${3 + level}]
print(f"{max(means) - min(means):.4f}")`,
      sql: `
n = database.execute('SELECT count("${x}") FROM t').fetchone()[0]
query = """
WITH bound AS (SELECT "${x}" AS least FROM t WHERE "${x}" IS NOT NULL ORDER BY "${x}" LIMIT 1 OFFSET ?),
kept AS (SELECT ${group.sql} AS g, "${y}" AS y FROM t, bound WHERE "${x}" >= least AND "${y}" IS NOT NULL AND ${group.sql} IS NOT NULL),
means AS (SELECT avg(y) AS mean FROM kept GROUP BY g HAVING count(*) >= ${3 + level})
SELECT max(mean) - min(mean) FROM means"""
print("%.4f" % database.execute(query, [n * ${share} // 100]).fetchone()[0])`,
    });
  },
};

const regression: Generator = {
  name: "regression",
  family: "data frames",
  problem(draw) {
    const table = draw.one(TABLES);
    const [x, y] = draw.some(table.numbers, 2) as [string, string];
    const what = draw.one(["slope", "correlation"]);
    const [every, offset] = [draw.integer(2, 7), draw.integer(0, 1)];
    const said =
      what === "slope"
        ? `the slope of the least-squares line of ${y} over ${x}`
        : `Pearson's correlation of ${x} and ${y}`;
    return problem(table, {
      prompt: `${opening(table)} Number the remaining rows (those with both ${x} and ${y}) from 0 in the order of the file and take those whose number leaves remainder ${offset} when divided by ${every}. Compute ${said} over them. Round to 6 decimals.`,
      python: `
pairs = [(float(r["${x}"]), float(r["${y}"])) for r in rows if r["${x}"] != "" and r["${y}"] != ""][${offset}::${every}]
n = len(pairs)
mx, my = sum(p[0] for p in pairs) / n, sum(p[1] for p in pairs) / n
sxy = sum((p[0] - mx) * (p[1] - my) for p in pairs)
sxx, syy = sum((p[0] - mx) ** 2 for p in pairs), sum((p[1] - my) ** 2 for p in pairs)
print(f"{${what === "slope" ? "sxy / sxx" : "sxy / (sxx * syy) ** 0.5"}:.6f}")`,
      sql: `
query = """
WITH numbered AS (SELECT "${x}" AS x, "${y}" AS y, row_number() OVER (ORDER BY rowid) - 1 AS k FROM t WHERE "${x}" IS NOT NULL AND "${y}" IS NOT NULL),
kept AS (SELECT x, y FROM numbered WHERE k % ${every} = ${offset})
SELECT count(*), sum(x), sum(y), sum(x * y), sum(x * x), sum(y * y) FROM kept"""
n, sx, sy, sxy, sxx, syy = database.execute(query).fetchone()
top = n * sxy - sx * sy
print("%.6f" % (${what === "slope" ? "top / (n * sxx - sx * sx)" : "top / ((n * sxx - sx * sx) * (n * syy - sy * sy)) ** 0.5"}))`,
    });
  },
};

const streak: Generator = {
  name: "longest-run",
  family: "data frames",
  problem(draw, level) {
    const table = TABLES[draw.integer(1, 2)]!;
    const [x, y] = draw.some(table.numbers, 2) as [string, string];
    const window = draw.integer(3, 9) + 5 * level;
    return problem(table, {
      prompt: `${opening(table)} In the order of the file, let m(i) be the mean of ${x} over row i and the ${window - 1} rows before it, for every row that has as many before it. Sum ${y} over the rows i with m(i) greater than m of the row before (where that one has an m). Round to 3 decimals.`,
      python: `
x = [float(row["${x}"]) for row in rows]
y = [float(row["${y}"]) for row in rows]
print(f"{sum(y[i] for i in range(${window}, len(x)) if sum(x[i - ${window - 1} : i + 1]) - sum(x[i - ${window} : i]) > 1e-9):.3f}")`,
      sql: `
query = """
WITH lagged AS (SELECT "${x}" AS x, "${y}" AS y, lag("${x}", ${window}) OVER (ORDER BY rowid) AS old FROM t)
SELECT sum(y) FROM lagged WHERE old IS NOT NULL AND x > old"""
print("%.3f" % database.execute(query).fetchone()[0])`,
    });
  },
};

/** The two ways of a question over a table. */
function problem({ file }: Table, { prompt, python, sql }: Record<"prompt" | "python" | "sql", string>): CodeProblem {
  const head = given({ table: `/app/${file}` });
  const programs = [`${head}${LOAD}${python}`, `${head}${LOAD_SQL}${sql}`] as const;
  return { prompt, programs, compare: "close", guesses: [0, 1, -1, 0.5], tables: [file] };
}

export const dataFrames: readonly Generator[] = [spread, regression, streak];
