/** What fills states and results in BFCL's category of long contexts: names and values are its own. */

import { fileURLToPath } from "node:url";
import { readRows } from "../data/read-rows.js";
import type { Booking, Card } from "./apis/bookings.js";

export interface LongContext {
  /** Files of directories that have no directories in them. */
  file_names: readonly string[];
  /** At the end of files, but for those of these names. */
  file_content: string;
  files_as_they_are: readonly string[];
  watch_list: readonly string[];
  transactions: readonly object[];
  ma_5: readonly number[];
  ma_20: readonly number[];
  technology: readonly string[];
  automobile: readonly string[];
  /** Texts about {symbol}. */
  order_details: Readonly<Record<string, string>>;
  car_status: string;
  parking_brake: string;
  weather: Readonly<Record<string, object>>;
  /** On the way from one city to another. */
  cities: readonly string[];
  credit_cards: Readonly<Record<string, Card>>;
  bookings: Readonly<Record<string, Booking>>;
}

let read: Promise<LongContext> | undefined;

export function longContext(): Promise<LongContext> {
  const name = "bfcl-long-context.json.gz";
  const path = fileURLToPath(new URL(`../../data/${name}`, import.meta.url));
  read ??= readRows(path, name).then(([row]) => row!.fields as unknown as LongContext);
  return read;
}
