/**
 * Trip planning as the report has it: three days from Hangzhou, 1 to 3 October, no repeats, budget bands on day 2. Cities are the
 * prefecture-level ones around; hotels, sights, prices and weather are generated, and said to be.
 */

import type { Constraint } from "../constraints.js";
import { column, type TableSpec, type WorldSpec } from "../schema.js";
import type { Row, Slot, Table } from "../world.js";

/** Latitude, longitude, people in the city proper, in thousands: public geographical facts, rounded. */
const CITIES: readonly (readonly [string, number, number, number])[] = [
  ["Hangzhou", 30.27, 120.16, 9236],
  ["Shanghai", 31.23, 121.47, 22316],
  ["Suzhou", 31.3, 120.62, 5352],
  ["Wuxi", 31.57, 120.3, 3256],
  ["Ningbo", 29.87, 121.55, 3492],
  ["Shaoxing", 30.0, 120.58, 2142],
  ["Jiaxing", 30.75, 120.75, 1201],
  ["Huzhou", 30.87, 120.1, 1014],
  ["Jinhua", 29.1, 119.65, 1063],
  ["Quzhou", 28.94, 118.87, 902],
  ["Taizhou", 28.66, 121.42, 1902],
  ["Lishui", 28.45, 119.92, 450],
  ["Changzhou", 31.78, 119.95, 3290],
  ["Nantong", 32.01, 120.86, 2261],
  ["Huangshan", 29.71, 118.31, 460],
  ["Xuancheng", 30.95, 118.75, 860],
];

const PLACES = [
  "Westlake",
  "Lotus",
  "Osmanthus",
  "Willow",
  "Pagoda",
  "Canal",
  "Bamboo",
  "Moon",
  "Jade",
  "Cloud",
  "Heron",
  "Plum",
  "Spring",
  "Lantern",
  "Magnolia",
  "Crane",
];
const HOTELS = ["Hotel", "Inn", "Guesthouse", "Grand Hotel", "Residence", "Lodge"];
const CUISINES = [
  "Noodle House",
  "Teahouse",
  "Kitchen",
  "Dumplings",
  "Seafood",
  "Garden Restaurant",
  "Hotpot",
  "Tavern",
];
const SIGHTS = ["Garden", "Temple", "Museum", "Old Street", "Lake Park", "Tower", "Bridge", "Silk Hall", "Tea Hill"];
const STREETS = [
  "Zhongshan",
  "Renmin",
  "Jiefang",
  "Beijing",
  "Hefang",
  "Qinghe",
  "Nanshan",
  "Yan'an",
  "Dongpo",
  "Pinghai",
];

/** Larger cities are dearer. */
const size = (above: Row | undefined): number => Math.min(1.3, 0.75 + Number(above?.people ?? 1000) / 20_000);

const inCity = (
  name: string,
  singular: string,
  names: readonly string[],
  more: TableSpec["columns"],
  count: TableSpec["count"],
): TableSpec => ({
  ...{ name, singular, parent: "city", count },
  columns: [column.named(STREETS, PLACES, names), column.parent("city", "cities"), ...more],
});

const rating = {
  ...column.tenths("rating", 2.6, 4.9),
  draw: (draw: Parameters<TableSpec["columns"][0]["draw"]>[0]) =>
    Math.max(draw.integer(26, 49), draw.integer(26, 46)) / 10,
};

const DAYS = ["day 1", "day 2", "day 3"] as const;
const FIELDS = {
  city: "cities",
  hotel: "hotels",
  afternoon_restaurant: "restaurants",
  afternoon_attraction: "attractions",
  evening_restaurant: "restaurants",
};

const slots = (): Slot[] =>
  DAYS.flatMap((group) => Object.entries(FIELDS).map(([name, table]) => ({ group, name, table })));
const each = (name: string): string[] => DAYS.map((day) => `${day}.${name}`);

/** The published budget rule of a day, band by band. */
function budgetRule(day: string): Constraint[] {
  const hotel = (low: number, high?: number): Constraint => ({
    ...{ type: "between", terms: [{ slot: `${day}.hotel`, column: "price" }], low },
    ...(high === undefined ? {} : { high }),
  });
  const meal = (which: string, low: number): Constraint => ({
    type: "between",
    terms: [{ slot: `${day}.${which}_restaurant`, column: "rating" }],
    low,
  });
  const meals = ["afternoon", "evening"].map((which) => ({ slot: `${day}.${which}_restaurant`, column: "price" }));
  const ticket = (high: number): Constraint => ({
    type: "between",
    terms: [{ slot: `${day}.afternoon_attraction`, column: "ticket" }],
    high,
  });
  const oneOf = (low: number): Constraint => ({ type: "any", of: [meal("afternoon", low), meal("evening", low)] });
  const say = (text: string) => ({ say: `if the hotel of ${day} ${text}` });
  return [
    {
      ...{
        type: "if",
        when: hotel(800),
        must: {
          type: "all",
          of: [{ type: "between", terms: meals, high: 349 }, meal("afternoon", 4), meal("evening", 4), ticket(119)],
        },
      },
      ...say(
        "costs 800 CNY or more, then both restaurants together cost less than 350 CNY, both are rated at least 4.0, and the attraction's ticket is below 120 CNY",
      ),
    },
    {
      ...{ type: "if", when: hotel(500, 799), must: { type: "all", of: [oneOf(4), ticket(179)] } },
      ...say(
        "costs from 500 to below 800 CNY, then at least one of the restaurants is rated at least 4.0, and the attraction's ticket is below 180 CNY",
      ),
    },
    {
      ...{ type: "if", when: hotel(200, 499), must: oneOf(3.2) },
      ...say("costs from 200 to below 500 CNY, then at least one of the restaurants is rated at least 3.2"),
    },
  ];
}

/** Beyond the published rule: level 1 budgets every day, level 2 bounds the travel from Hangzhou and back, too. */
function harderRules({ level = 0, minutes = 400 }: Readonly<Record<string, number>>): Constraint[] {
  const budgets = level > 0 ? [...budgetRule("day 1"), ...budgetRule("day 3")] : [];
  const stops = ["=Hangzhou", ...each("city"), "=Hangzhou"];
  const rides = stops
    .slice(1)
    .map((to, i) => ({ lookup: "inter_city_transport", by: { from_city: stops[i]!, to_city: to }, column: "minutes" }));
  const travel: Constraint = {
    ...{ type: "between", terms: rides, high: minutes },
    say: `the trains from Hangzhou to the city of day 1, on to those of day 2 and day 3, and back to Hangzhou take at most ${minutes} minutes together`,
  };
  return level > 1 ? [...budgets, travel] : budgets;
}

export const trip: WorldSpec = {
  name: "trip-planning",
  description: ({ cities }) =>
    `Cities around Hangzhou (${cities} of them) with their hotels, restaurants and attractions, transport, and the weather of 1 to 3 October. Hotels, sights, prices and weather are made up.`,
  request: () =>
    "I want to travel from Hangzhou for three days, from 1 October to 3 October. Plan a city, a hotel, an afternoon restaurant, an afternoon attraction and an evening restaurant for each day.",
  parameters: (draw, level) => ({
    level,
    cities: draw.integer(8, 10) + 2 * level,
    minutes: draw.integer(300, 420),
    hotels: 10 + 2 * level,
    restaurants: 14 + 4 * level,
    attractions: 8 + level,
  }),
  tables: [
    {
      ...{ name: "cities", singular: "city", count: ({ cities }) => cities! },
      columns: [
        column.listed(CITIES.slice(1).map(([name]) => name)),
        {
          name: "people",
          type: "integer",
          unit: "thousands",
          draw: (_, row) => CITIES.find(([name]) => name === row.name)![3],
        },
      ],
    },
    inCity(
      ...(["hotels", "hotel", HOTELS] as const),
      [
        rating,
        {
          name: "price",
          type: "integer",
          unit: "CNY a night",
          draw: (draw, row, above) =>
            Math.round((90 + (Number(row.rating) - 2.4) * 330 * (draw.integer(60, 150) / 100)) * size(above)),
        },
      ],
      ({ hotels }) => hotels!,
    ),
    inCity(
      ...(["restaurants", "restaurant", CUISINES] as const),
      [
        rating,
        {
          name: "price",
          type: "integer",
          unit: "CNY a person",
          draw: (draw, row, above) =>
            Math.round((20 + (Number(row.rating) - 2.4) * 110 * (draw.integer(50, 170) / 100)) * size(above)),
        },
      ],
      ({ restaurants }) => restaurants!,
    ),
    inCity(
      ...(["attractions", "attraction", SIGHTS] as const),
      [
        rating,
        {
          name: "ticket",
          type: "integer",
          unit: "CNY",
          draw: (draw) => (draw.chance(0.2) ? 0 : 10 * draw.integer(2, 24)),
        },
      ],
      ({ attractions }) => attractions!,
    ),
  ],
  relations: (tables, draw) => [interCity(tables), cityTransport(tables, draw), weather(tables, draw)],
  slots,
  structure: () => [
    ...["city", "hotel", "afternoon_attraction"].map((name): Constraint => ({ type: "different", slots: each(name) })),
    {
      type: "different",
      slots: [...each("afternoon_restaurant"), ...each("evening_restaurant")],
      say: "no restaurant is visited twice in the whole trip",
    },
    ...DAYS.flatMap((day) =>
      ["hotel", "afternoon_restaurant", "afternoon_attraction", "evening_restaurant"].map(
        (name): Constraint => ({ type: "within", slot: `${day}.${name}`, column: "city", of: `${day}.city` }),
      ),
    ),
  ],
  rules: (parameters) => [...budgetRule("day 2"), ...harderRules(parameters)],
  target: 1e-5,
  telling: ["price", "rating", "ticket"],
};

const text = (name: string) => ({ name, type: "text" as const });
const whole = (name: string, unit: string) => ({ name, type: "integer" as const, unit });

/** Trains at 250 km/h with 40 minutes beside, over the great circle. */
function interCity(tables: ReadonlyMap<string, readonly Row[]>): Table {
  const names = ["Hangzhou", ...tables.get("cities")!.map(({ name }) => name as string)];
  const rows = names.flatMap((from_city) =>
    names
      .filter((name) => name !== from_city)
      .map((to_city) => {
        const km = distance(from_city, to_city);
        return { from_city, to_city, minutes: Math.round((km / 250) * 60 + 40), price: Math.round(10 + km * 0.46) };
      }),
  );
  const columns = [text("from_city"), text("to_city"), whole("minutes", "minutes by train"), whole("price", "CNY")];
  return {
    ...{ name: "inter_city_transport", singular: "inter_city_transport", columns, rows },
    lookup: { tool: "get_inter_city_transport", by: ["from_city", "to_city"] },
  };
}

function distance(a: string, b: string): number {
  const [one, other] = [a, b].map((city) => CITIES.find(([name]) => name === city)!) as [
    (typeof CITIES)[0],
    (typeof CITIES)[0],
  ];
  const rad = Math.PI / 180;
  const [dy, dx] = [(other[1] - one[1]) * rad, (other[2] - one[2]) * rad];
  const chord = Math.sin(dy / 2) ** 2 + Math.cos(one[1] * rad) * Math.cos(other[1] * rad) * Math.sin(dx / 2) ** 2;
  return 12_742 * Math.asin(Math.sqrt(chord));
}

function cityTransport(
  tables: ReadonlyMap<string, readonly Row[]>,
  draw: Parameters<NonNullable<WorldSpec["relations"]>>[1],
): Table {
  const rows = tables
    .get("cities")!
    .map(({ name }) => ({ city: name!, metro_lines: draw.integer(0, 12), taxi_price: draw.integer(8, 14) }));
  const columns = [text("city"), whole("metro_lines", "lines"), whole("taxi_price", "CNY for the first 3 km")];
  return {
    ...{ name: "city_transport", singular: "city_transport", columns, rows },
    lookup: { tool: "get_city_transport", by: ["city"] },
  };
}

function weather(
  tables: ReadonlyMap<string, readonly Row[]>,
  draw: Parameters<NonNullable<WorldSpec["relations"]>>[1],
): Table {
  const rows = tables.get("cities")!.flatMap(({ name }) =>
    ["10-01", "10-02", "10-03"].map((date) => ({
      city: name!,
      date,
      sky: draw.one(["sunny", "cloudy", "rain"]),
      degrees: draw.integer(17, 27),
    })),
  );
  const columns = [text("city"), text("date"), text("sky"), whole("degrees", "degrees Celsius")];
  return {
    ...{ name: "weather", singular: "weather", columns, rows },
    lookup: { tool: "get_weather_by_city_date", by: ["city", "date"] },
  };
}
