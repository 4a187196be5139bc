/** State of the TravelAPI: a traveller's token, cards and bookings. */

import { loaded } from "../api.js";
import type { LongContext } from "../long-context.js";
import { PythonRandom } from "../python-random.js";
import type { Booking, Card } from "./bookings.js";

export interface Travel {
  credit_card_list: Record<string, Card>;
  booking_record: Record<string, Booking>;
  access_token: string | null;
  token_type: string | null;
  token_expires_in: number | null;
  token_scope: string | null;
  user_first_name: string | null;
  user_last_name: string | null;
  budget_limit: number | null;
  _random: PythonRandom;
  _long: LongContext | undefined;
}

const NEW: Omit<Travel, "_random" | "_long"> = {
  ...{ credit_card_list: {}, booking_record: {}, access_token: null, token_type: null, token_expires_in: null },
  ...{ token_scope: null, user_first_name: null, user_last_name: null, budget_limit: null },
};
const SEED = 141053;

export function loadTravel(scenario: Readonly<Record<string, unknown>>, long?: LongContext): Travel {
  const travel = loaded(NEW, scenario);
  return {
    ...travel,
    ...(long && {
      credit_card_list: { ...travel.credit_card_list, ...others(long.credit_cards, travel.credit_card_list) },
      booking_record: { ...travel.booking_record, ...others(long.bookings, travel.booking_record) },
    }),
    _random: new PythonRandom((scenario.random_seed as number | undefined) ?? SEED),
    _long: long,
  };
}

/** Copies of the rows that are not there yet. */
const others = <T>(more: Readonly<Record<string, T>>, there: object): Record<string, T> =>
  structuredClone(Object.fromEntries(Object.entries(more).filter(([id]) => !Object.hasOwn(there, id))));
