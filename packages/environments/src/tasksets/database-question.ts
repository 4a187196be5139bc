/** Questions to the shops' database, and how each is solved call by call. */

import type { Draw } from "@cachalot/tensor";
import { DAYS, drawRecords, findRows, type Records, type Row, type Table } from "./shop-records.js";

export interface DatabaseQuestion {
  /** What is wanted of the offer that is chosen: a field of its shop, its price, or, over several goods, the sum of the prices. */
  wanted: "name" | "town" | "price" | "total";
  /** A shop by name; undefined: the offers of goods. */
  shop?: string;
  /** Goods by name. */
  goods: string[];
  /** Of the offers, the one that costs least or most. */
  rule: "lowest" | "highest";
  /** Shops that count are open on that day. */
  open?: string;
  /** Shops that do not count are in that town. */
  notIn?: string;
}

/** [shops, goods, sellers of each, goods asked for, what may be wanted, rules besides the price] by level. */
const LEVELS = [
  [6, 4, 2, 0, ["town"], 0],
  [6, 6, 2, 1, ["price"], 0],
  [8, 6, 3, 1, ["name", "town"], 0],
  [8, 6, 3, 1, ["name", "price", "town"], 1],
  [10, 8, 5, 1, ["name", "price", "town"], 2],
  [12, 10, 5, 2, ["total"], 2],
  [12, 12, 7, 3, ["total"], 2],
] as const;

export const QUESTION_LEVELS = LEVELS.length;

/** A database and a question to it, which may have no answer. */
export function drawQuestion(draw: Draw, level: number): { records: Records; question: DatabaseQuestion } {
  const [shops, goods, sellers, asked, wanted, rules] = LEVELS[level]!;
  const records = drawRecords(draw, shops, goods, sellers);
  const chosen = draw.some(records.goods, asked).map(({ name }) => name!);
  const base = { goods: chosen, wanted: draw.one<DatabaseQuestion["wanted"]>(wanted) };
  if (asked === 0) return { records, question: { ...base, rule: "lowest", shop: draw.one(records.shops).name! } };
  const question: DatabaseQuestion = {
    ...{ ...base, rule: draw.chance(0.5) ? "lowest" : "highest" },
    ...(rules > 0 ? { open: draw.one(DAYS) } : {}),
    ...(rules > 1 ? { notIn: draw.one(records.shops).town! } : {}),
  };
  return { records, question };
}

export function questionText({ wanted, shop, goods, rule, open, notIn }: DatabaseQuestion): string {
  if (shop !== undefined) return `What is the town of the shop ${shop}?`;
  const day = open === undefined ? "" : ` open on ${open}`;
  const town = notIn === undefined ? "" : ` not in ${notIn}`;
  const where = day || town ? ` in shops${day}${town}` : "";
  const what = `the ${rule} price of ${goods.join(" and of ")}${where}`;
  if (wanted === "price") return `What is ${what}?`;
  if (wanted === "total") return `Add ${what}. What is the sum?`;
  return `What is the ${wanted} of the shop with ${what}?`;
}

/** A call: `field` is `id` where a row is fetched by its id. */
interface Step {
  table: Table;
  field: string;
  value: string;
  why: string;
  /** What the result before it said. */
  saw?: string;
}

export interface SolvedQuestion {
  steps: Step[];
  /** What the last result said, and what follows. */
  last: string;
  /** The choice once more. */
  check: string;
  answer: string;
}

/** @returns undefined where no offer fits */
export function solveQuestion(records: Records, question: DatabaseQuestion): SolvedQuestion | undefined {
  const { shop, goods, wanted } = question;
  if (shop !== undefined) {
    const [row] = findRows(records, "shops", "name", shop);
    const answer = row!.town!;
    const steps: Step[] = [{ table: "shops", field: "name", value: shop, why: `look for ${shop}` }];
    return { steps, last: `${shop} town ${answer}`, check: `${shop} ${answer}`, answer };
  }
  const parts = goods.map((good) => solveGood(records, question, good));
  if (parts.some((part) => part === undefined)) return undefined;
  const solved = parts as SolvedGood[];
  const steps = solved.flatMap(({ steps }, i) =>
    steps.map((step, j) => (j === 0 && i > 0 ? { ...step, saw: solved[i - 1]!.last } : step)),
  );
  const prices = solved.map(({ price }) => price);
  const total = `${prices.reduce((sum, price) => sum + Number(price), 0)}`;
  const { last, answer } = solved.at(-1)!;
  const check = solved.map(({ check }) => check).join(", ");
  if (wanted !== "total") return { steps, last, check, answer };
  return { steps, last: `${last}. sum ${prices.join(" + ")} = ${total}`, check, answer: total };
}

interface SolvedGood extends SolvedQuestion {
  price: string;
}

function solveGood(
  records: Records,
  { wanted, rule, open, notIn }: DatabaseQuestion,
  good: string,
): SolvedGood | undefined {
  const id = findRows(records, "goods", "name", good)[0]!.id!;
  const offers = findRows(records, "prices", "good", id);
  const shops = offers.map(({ shop }) => findRows(records, "shops", "id", shop!)[0]!);
  const counts = (shop: Row) =>
    (open === undefined || shop.open === open) && (notIn === undefined || shop.town !== notIn);
  const left = offers.filter((_, i) => counts(shops[i]!));
  if (left.length === 0) return undefined;
  const sign = rule === "lowest" ? 1 : -1;
  const best = left.reduce((best, offer) => (sign * (Number(offer.price) - Number(best.price)) < 0 ? offer : best));
  const shop = shops[offers.indexOf(best)]!;
  const isRuled = open !== undefined || notIn !== undefined;
  const fetched = isRuled ? shops : wanted === "name" || wanted === "town" ? [shop] : [];
  const seen = offers.map(({ shop, price }) => `${shop} ${price}`).join(", ");
  const judged = (shop: Row) => `${shop.id} ${shop.open} ${shop.town} ${counts(shop) ? "yes" : "no"}`;
  const choice = `${rule} of ${left.map(({ price }) => price).join(" ")} is ${best.price}`;
  const bestOfAll = isRuled ? seen : `${seen}. ${choice}`;
  const steps: Step[] = [
    { table: "goods", field: "name", value: good, why: `look for ${good}` },
    { table: "prices", field: "good", value: id, why: "its prices", saw: `${good} is ${id}` },
    ...fetched.map((shop, i): Step => {
      const saw = i === 0 ? bestOfAll : judged(fetched[i - 1]!);
      return { table: "shops", field: "id", value: shop.id!, why: isRuled ? "does it count" : "its shop", saw };
    }),
  ];
  const answer = wanted === "price" || wanted === "total" ? best.price! : shop[wanted]!;
  const end = isRuled
    ? `${judged(fetched.at(-1)!)}. ${choice}`
    : fetched.length > 0
      ? `${shop.id} ${wanted}`
      : `${seen}. ${choice}`;
  return {
    steps,
    last: wanted === "total" ? end : `${end}: ${answer}`,
    check: `${choice} ${shop.id}`,
    answer,
    price: best.price!,
  };
}
