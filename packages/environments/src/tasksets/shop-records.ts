/** Records of a small relational database: shops, goods and prices, in three tables that refer to one another by ids. */

import type { Draw } from "@cachalot/tensor";

export type Row = Record<string, string>;
export type Table = "shops" | "goods" | "prices";

/** Rows by table; the first field of each is its id. */
export type Records = Record<Table, Row[]>;

const NAMES = ["ann", "tom", "mary", "john", "jane", "peter", "anna", "henry", "emma", "james", "lucy", "mark"];
const TOWNS = ["east", "west", "north", "south", "hill", "lake", "sea"];
const GOODS = ["tea", "milk", "bread", "corn", "rice", "salt", "oil", "fish", "soap", "wood", "silk", "ink"];
const MAKERS = ["red", "blue", "green", "black", "white", "gold"];
export const DAYS = ["mon", "wed", "fri", "sun"];

/** @param sellers how many shops sell each of the goods, at prices that differ */
export function drawRecords(draw: Draw, shops: number, goods: number, sellers: number): Records {
  const rows: Records = {
    shops: draw.some(NAMES, shops).map((name, i) => ({
      ...{ id: `s${i + 1}`, name },
      ...{ town: draw.one(TOWNS), open: draw.one(DAYS) },
    })),
    goods: draw.some(GOODS, goods).map((name, i) => ({ id: `g${i + 1}`, name, maker: draw.one(MAKERS) })),
    prices: [],
  };
  const offers = rows.goods.flatMap(({ id: good }) => {
    const prices = draw.some(COSTS, sellers);
    return draw.some(rows.shops, sellers).map(({ id: shop }, i) => ({ shop: shop!, good: good!, price: prices[i]! }));
  });
  rows.prices = draw.shuffled(offers).map((offer, i) => ({ id: `p${i + 1}`, ...offer }));
  return rows;
}

const COSTS = Array.from({ length: 40 }, (_, i) => `${i + 2}`);

export const findRows = (records: Records, table: Table, field: string, value: string): Row[] =>
  records[table].filter((row) => row[field] === value);

/** `id s3 name ann town east open sun`, a line a row. */
export const rowsText = (rows: readonly Row[]): string =>
  rows.map((row) => Object.entries(row).flat().join(" ")).join("\n");
