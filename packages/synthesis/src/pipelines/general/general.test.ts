import { readFile } from "node:fs/promises";
import { createSandbox } from "@cachalot/sandbox";
import { Draw } from "@cachalot/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { Dropped } from "../../pipeline.js";
import { withSandbox } from "../../testing/with-sandbox.js";
import { type Constraint, isMet } from "./constraints.js";
import { PlanSpace } from "./density.js";
import { grouped } from "./general-task.js";
import { type Hardened, harden, problemOf } from "./harden.js";
import { inWords } from "./prose.js";
import { buildWorld } from "./schema.js";
import { solveWithTools } from "./solve.js";
import { openWorld, worldTools } from "./tools.js";
import type { World } from "./world.js";
import { WORLDS } from "./worlds/index.js";

interface Case {
  world: World;
  structure: Constraint[];
  hard: Hardened;
}

function hardened(name: string, level: number, seed = 3): Case {
  const spec = WORLDS.find((spec) => spec.name === name)!;
  const draw = new Draw(seed);
  const parameters = spec.parameters(draw, level);
  const world = buildWorld(spec, parameters, draw);
  const structure = spec.structure(parameters);
  const rules = spec.rules?.(parameters) ?? [];
  const hard = harden(world, { structure, rules, telling: spec.telling, target: 1e-3, draw });
  return { world, structure, hard };
}

describe.each(WORLDS.map(({ name }) => name))("the world %s", (name) => {
  let made: Case;
  beforeAll(() => {
    made = hardened(name, 0);
  });

  test("a random plan has no chance, and the solver finds one through tools", () => {
    const { hard, world, structure } = made;
    expect(hard.density.bound).toBeLessThanOrEqual(1e-3);
    expect(new PlanSpace(world, structure).broken(hard.plan, hard.constraints)).toBeUndefined();
    expect(hard.calls).toBeGreaterThan(20);
  });

  test("a plan with one row exchanged for another breaks a rule, nearly always", () => {
    const { hard, world, structure } = made;
    const space = new PlanSpace(world, structure);
    const draw = new Draw(1);
    const slots = Object.keys(hard.plan);
    const broken = Array.from({ length: 50 }, () => {
      const slot = draw.one(slots);
      const { table } = world.slots.find(({ group, name }) => `${group}.${name}` === slot)!;
      const other = draw.one(world.tables.find(({ name }) => name === table)!.rows).name as string;
      return other === hard.plan[slot] || space.broken({ ...hard.plan, [slot]: other }, hard.constraints) !== undefined;
    });
    expect(broken.filter(Boolean).length).toBeGreaterThanOrEqual(47);
  });

  test("every rule has words of its own", () => {
    const words = made.hard.constraints.map(inWords);
    expect(new Set(words).size).toBe(words.length);
    expect(words.join()).not.toMatch(/undefined|NaN|_/);
  });
});

test("trip planning has the tools of the report", () => {
  const { world } = hardened("trip-planning", 0);
  expect(
    worldTools(world)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(
    [
      "get_all_cities",
      ...["attractions", "hotels", "restaurants"].map((name) => `get_all_${name}_by_city`),
      ...["attraction", "hotel", "restaurant"].map((name) => `get_city_by_${name}`),
      ...["attraction", "city", "hotel", "restaurant"].map((name) => `get_infos_by_${name}`),
      ...["get_city_transport", "get_inter_city_transport", "get_weather_by_city_date", "submit_result"],
    ].sort(),
  );
});

test("lists come page by page, slips are answered with what there is", () => {
  const { world } = hardened("trip-planning", 2);
  const open = openWorld(world);
  const {
    names: [city],
  } = (open.call("get_all_cities", {}) as { result: { names: string[] } }).result;
  expect(open.call("get_all_restaurants_by_city", { city, page: 2 })).toMatchObject({ result: { page: 2, pages: 2 } });
  expect(open.call("get_all_restaurants_by_city", { city, page: 3 })).toEqual({
    error: "there are pages 1 to 2, not 3",
  });
  expect(open.call("get_infos_by_city", { name: city, keywords: ["mayor"] })).toEqual({
    error: 'city has no "mayor"; it has name, people',
  });
  expect(open.call("get_weather_by_city_date", { city, date: "10-02" })).toMatchObject({
    result: { city, sky: expect.any(String) },
  });
  expect(open.call("submit_result", { answer: { "day 1": {} } })).toEqual({ result: "submitted" });
  expect(open.submitted()).toEqual({ "day 1": {} });
});

test("a solver with few calls or nodes says that it ran into its limit", () => {
  const { world, hard } = hardened("timetable", 0);
  const client = {
    call: (name: string, args: object) => (openWorld(world).call(name, { ...args }) as { result: unknown }).result,
  };
  const solve = (limits: { nodes: number; calls: number }) =>
    solveWithTools(problemOf(world, hard.constraints), client, limits, () => 0);
  expect(solve({ nodes: 1e6, calls: 5 })).toMatchObject({ plan: undefined, why: "limit" });
  expect(solve({ nodes: 2, calls: 1e6 })).toMatchObject({ plan: undefined, why: "limit" });
});

test("the solver imports nothing of worlds", async () => {
  const text = await readFile(new URL("solve.ts", import.meta.url), "utf8");
  expect([...text.matchAll(/from "(.*)"/g)].map(([, from]) => from)).toEqual(["./constraints.js"]);
});

test("an unsatisfiable proposal is dropped by name", () => {
  const dropped = Array.from({ length: 12 }, (_, seed) => {
    try {
      return hardened("library-loans", 1, seed).hard.dropped;
    } catch (error) {
      if (error instanceof Dropped) return [];
      throw error;
    }
  }).flat();
  expect(dropped.length).toBeGreaterThan(0);
});

withSandbox("two judges", () => {
  test.each(["trip-planning", "airline-rebooking", "package-resolution"])(
    "of %s agree on random plans",
    async (name) => {
      const { world, hard } = hardened(name, 2);
      const space = new PlanSpace(world, []);
      const draw = new Draw(9);
      const names = Object.entries(hard.plan);
      // Near the solution, where rules hang on one row.
      const plans = Array.from({ length: 200 }, () => {
        const other = space.sample(draw)!;
        return Object.fromEntries(names.map(([slot, own]) => [slot, draw.chance(0.8) ? own : other[slot]!]));
      });
      const rules = hard.constraints.map((rule) => ({ ...rule, words: inWords(rule) }));
      const verifier = await readFile(new URL("../../../guest/verify_plan.py", import.meta.url));
      const sandbox = await createSandbox();
      try {
        const files = { "verify_plan.py": verifier, "task.json": JSON.stringify({ world, rules }) };
        const stdin = plans.map((plan) => JSON.stringify(grouped(world, plan))).join("\n");
        const { stdout } = await sandbox.run("python3 verify_plan.py task.json | gzip | base64 -w0", { files, stdin });
        const { gunzipSync } = await import("node:zlib");
        const theirs = gunzipSync(Buffer.from(stdout, "base64"))
          .toString()
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as string[]);
        const ours = plans.map((plan) => {
          const access = space.access(plan);
          return rules.filter((rule) => !isMet(rule, access)).map((rule) => `${rule.name}: ${rule.words}`);
        });
        expect(theirs).toEqual(ours);
        expect(ours.filter((broken) => broken.length === 0).length).toBeGreaterThan(0);
      } finally {
        await sandbox.close();
      }
    },
  );
});
