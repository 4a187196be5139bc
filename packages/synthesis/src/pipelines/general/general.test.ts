import { readFile } from "node:fs/promises";
import { createSandbox } from "@cachalot/sandbox";
import { Draw } from "@cachalot/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { attempt } from "../../harbor/attempt.js";
import { buildEnvironment } from "../../harbor/build-environment.js";
import { Dropped } from "../../pipeline.js";
import { withSandbox } from "../../testing/with-sandbox.js";
import { type Constraint, isMet } from "./constraints.js";
import { PlanSpace } from "./density.js";
import { generalTask, grouped } from "./general-task.js";
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
      return hardened("package-resolution", 1, seed).hard.dropped;
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

withSandbox("the tools in a task folder", () => {
  test("answer as the derived tools do, from a shell and as an MCP server", async () => {
    const { world, hard } = hardened("trip-planning", 0);
    const task = await generalTask({
      ...{
        world,
        request: "Plan.",
        constraints: hard.constraints,
        plan: hard.plan,
        promptSource: "generated" as const,
      },
      record: { id: "trip", provenance: { source: "test", licence: "MIT", hashes: {} }, difficulty: {}, evidence: {} },
    });
    const city = world.tables[0]!.rows[0]!.name as string;
    const hotel = world.tables[1]!.rows[0]!.name as string;
    const calls: [name: string, args: Record<string, unknown>][] = [
      ["get_all_cities", {}],
      ["get_all_cities", { page: 9 }],
      ["get_all_hotels_by_city", { city, page: 1 }],
      ["get_all_hotels_by_city", { city: "Atlantis" }],
      ["get_city_by_hotel", { hotel }],
      ["get_infos_by_hotel", { name: hotel, keywords: ["price", "rating"] }],
      ["get_inter_city_transport", { from_city: "Hangzhou", to_city: city }],
      ["get_inter_city_transport", { from_city: city, to_city: city }],
      ["submit_result", { answer: grouped(world, hard.plan) }],
      ["verify", {}],
    ];
    const open = openWorld(world);
    const expected = calls.map(([name, args]) => open.call(name, args));
    const messages = [
      { jsonrpc: "2.0", id: 0, method: "initialize", params: { protocolVersion: "2025-06-18" } },
      { jsonrpc: "2.0", method: "notifications/initialized" },
      { jsonrpc: "2.0", id: 1, method: "tools/list" },
      ...calls.map(([name, args], i) => ({
        jsonrpc: "2.0",
        id: i + 2,
        method: "tools/call",
        params: { name, arguments: args },
      })),
    ];
    const left = await attempt(await buildEnvironment(task), async ({ sandbox, run }) => {
      const stdin = messages.map((message) => `${JSON.stringify(message)}\n`).join("");
      const { stdout } = await sandbox.run("cd /app && python3 world/world.py mcp", { stdin });
      const [initialized, listed, ...called] = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).result);
      expect(initialized).toMatchObject({ serverInfo: { name: "trip-planning" }, capabilities: { tools: {} } });
      expect(listed.tools.map(({ name }: { name: string }) => name)).toEqual(worldTools(world).map(({ name }) => name));
      for (const [i, outcome] of expected.entries()) {
        const { content, isError } = called[i] as { content: { text: string }[]; isError: boolean };
        expect(isError, calls[i]![0]).toBe("error" in outcome);
        if ("error" in outcome) continue;
        const text = content[0]!.text;
        expect(typeof outcome.result === "string" ? text : JSON.parse(text)).toEqual(outcome.result);
      }
      const shell = await run(
        `python3 /app/world/world.py get_city_by_hotel '${JSON.stringify({ hotel }).replaceAll("'", "'\\''")}'`,
      );
      expect(JSON.parse(shell.stdout)).toBe(city);
    });
    expect(left.get("app/answer.json")?.type).toBe("file");
  });
});
