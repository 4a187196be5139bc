/** TravelAPI: flights, credit cards and bookings. */

import { type Api, type ApiFunction, failed, rounded } from "../api.js";
import { ageOf, isDate } from "../dates.js";
import type { LongContext } from "../long-context.js";
import type { Card } from "./bookings.js";
import { AIRPORT_CODES, AIRPORTS, ALL_FARES, fareOf } from "./places.js";
import { loadTravel, type Travel } from "./travel-state.js";

const CLASSES: Readonly<Record<string, number>> = { economy: 1, business: 2, first: 5 };
const RATES: Readonly<Record<string, number>> = {
  ...{ RMB: 7, EUR: 0.8, JPY: 110, GBP: 0.7, CAD: 1.3, AUD: 1.4, INR: 70, RUB: 60, BRL: 3.8, MXN: 20 },
};

interface WithToken {
  access_token: string;
}
interface Flight {
  travel_from: string;
  travel_to: string;
  travel_date: string;
  travel_class: string;
}

/** What keeps a token from being used. */
function refused({ token_expires_in, access_token }: Travel, token: string): string | undefined {
  if (token_expires_in === 0) return "Token expired";
  return token === access_token ? undefined : "Invalid access token";
}

/** A fare, and what it is multiplied by. @throws for a route or a class that there is not */
function priceOf({ travel_from, travel_to, travel_date, travel_class }: Flight): { fare: number; factor: number } {
  const fare = fareOf(travel_from, travel_to);
  if (fare === undefined) throw new Error("No available route for the given airports.");
  const factor = CLASSES[travel_class];
  if (factor === undefined) throw new Error("Invalid travel class. Options are: economy, business, first.");
  const digits = [...travel_date.replace(/\D/g, "")].reduce((sum, digit) => sum + Number(digit), 0);
  return { fare, factor: factor * (digits % 2 === 0 ? 2 : 1) };
}

/** Of the flight, or of all there are, which a long context lists in its place. @throws as `priceOf` */
function costsOf(flight: Flight, long: LongContext | undefined): number[] {
  const { fare, factor } = priceOf(flight);
  return (long ? ALL_FARES : [fare]).map((one) => one * factor);
}

/** The cost, or what is wrong with the flight. */
function bookable(flight: Flight): number | string {
  for (const [what, code] of [
    ["departure", flight.travel_from],
    ["destination", flight.travel_to],
  ] as const)
    if (!AIRPORT_CODES.includes(code)) return `Invalid ${what} airport code: ${code}`;
  if (!isDate(flight.travel_date)) return "Invalid date format. Use YYYY-MM-DD.";
  if (!Object.hasOwn(CLASSES, flight.travel_class)) return "Invalid travel class. Must be economy, business or first";
  try {
    const { fare, factor } = priceOf(flight);
    return fare * factor;
  } catch (error) {
    return (error as Error).message;
  }
}

function bookFlight(state: Travel, { access_token, card_id, ...flight }: WithToken & Flight & { card_id: string }) {
  const no = (error: string) => ({ booking_status: false, error });
  const problem = refused(state, access_token);
  if (problem) return no(problem);
  const card = Object.hasOwn(state.credit_card_list, card_id) ? state.credit_card_list[card_id] : undefined;
  if (!card) return no("Card not registered");
  if (card.balance === undefined) return no("Balance not found");
  const travel_cost = bookable(flight);
  if (typeof travel_cost === "string") return no(travel_cost);
  if (card.balance < travel_cost) return no("Insufficient funds");
  if (state.budget_limit !== null && card.balance < state.budget_limit) return no("Balance is less than budget limit");
  card.balance -= travel_cost;
  const booking_id = String(state._random.randint(1_000_000, 9_999_999));
  const transaction_id = String(state._random.randint(10_000_000, 99_999_999));
  state.booking_record[booking_id] = { card_id, ...flight, travel_cost, transaction_id };
  return { booking_id, transaction_id, booking_status: true, booking_history: state._long ? state.booking_record : {} };
}

interface Insurance extends WithToken {
  insurance_type: string;
  booking_id: string;
  insurance_cost: number;
  card_id: string;
}

function purchaseInsurance(state: Travel, { access_token, booking_id, insurance_cost, card_id }: Insurance) {
  const no = (error: string) => ({ insurance_status: false, error });
  const problem = refused(state, access_token);
  if (problem) return no(problem);
  if (state.budget_limit !== null && state.budget_limit < insurance_cost) return no("Exceeded budget limit");
  if (!Object.hasOwn(state.booking_record, booking_id)) return no("Booking not found");
  const card = state.credit_card_list[card_id];
  if (!card) return no("Credit card not registered");
  card.balance = card.balance! - insurance_cost;
  return { insurance_id: String(state._random.randint(100_000_000, 999_999_999)), insurance_status: true };
}

type Functions = Readonly<Record<string, ApiFunction<Travel>>>;

const account: Functions = {
  authenticate_travel(state, { grant_type, user_first_name, user_last_name }: Record<string, string>) {
    const access_token = String(state._random.randint(100_000, 999_999));
    Object.assign(state, { token_expires_in: 2, access_token, token_type: "Bearer", token_scope: grant_type });
    Object.assign(state, { user_first_name, user_last_name });
    return { expires_in: 2, access_token, token_type: "Bearer", scope: grant_type };
  },
  travel_get_login_status: ({ token_expires_in: left }) => ({ status: left !== null && left !== 0 }),
  get_budget_fiscal_year: () => ({ budget_fiscal_year: "2018" }),
  register_credit_card(state, { access_token, ...card }: WithToken & Omit<Card, "balance">) {
    if (state.token_expires_in === null) return failed("Token not initialized");
    const problem = refused(state, access_token);
    if (problem) return failed(problem);
    if (Object.hasOwn(state.credit_card_list, card.card_number)) return failed("Card already registered");
    const card_id = String(state._random.randint(100_000_000_000, 999_999_999_999));
    state.credit_card_list[card_id] = { ...card, balance: state._random.randint(10_000, 99_999) };
    return { card_id };
  },
  get_credit_card_balance(state, { access_token, card_id }: WithToken & { card_id: string }) {
    const problem = refused(state, access_token);
    if (problem) return failed(problem);
    const card = state.credit_card_list[card_id];
    return card
      ? { card_balance: card.balance }
      : failed(`Card not registered. Here are a list of card_id's: ${Object.keys(state.credit_card_list).join(", ")}`);
  },
  get_all_credit_cards: ({ credit_card_list }) => ({ credit_card_list }),
  set_budget_limit(state, { access_token, budget_limit }: WithToken & { budget_limit: number }) {
    const problem = refused(state, access_token);
    if (problem) return failed(problem);
    state.budget_limit = budget_limit;
    return { budget_limit };
  },
  verify_traveler_information(
    state,
    { first_name, last_name, date_of_birth, passport_number }: Record<string, string>,
  ) {
    const no = (verification_failure: string) => ({ verification_status: false, verification_failure });
    if (state.user_first_name !== first_name || state.user_last_name !== last_name)
      return no(
        `Cannot book flight information for another user.Expected ${state.user_first_name} ${state.user_last_name}, got ${first_name} ${last_name}`,
      );
    if (!isDate(date_of_birth!)) return no("Invalid date of birth format. Please use YYYY-MM-DD.");
    if (ageOf(date_of_birth!) < 18) return no("Traveler must be at least 18 years old.");
    return passport_number!.startsWith("US")
      ? { verification_status: true }
      : no("Passport must be issued by the United States.");
  },
};

const flights: Functions = {
  get_flight_cost: ({ _long }, flight: Flight) => ({ travel_cost_list: costsOf(flight, _long) }),
  book_flight: bookFlight,
  retrieve_invoice(state, { access_token, booking_id = "" }: WithToken & { booking_id?: string }) {
    const problem = refused(state, access_token);
    if (problem) return failed(problem);
    const { card_id: _, ...booking } = state.booking_record[booking_id] ?? {};
    return "travel_date" in booking ? { invoice: { booking_id, ...booking } } : failed("Booking not found");
  },
  get_booking_history(state, { access_token }: WithToken) {
    const problem = refused(state, access_token);
    return problem ? failed(problem) : { booking_history: state.booking_record };
  },
  list_all_airports: () => AIRPORT_CODES,
  cancel_booking(state, { access_token, booking_id }: WithToken & { booking_id: string }) {
    const no = (error: string) => ({ cancel_status: false, error });
    const problem = refused(state, access_token);
    if (problem) return no(problem);
    const booking = state.booking_record[booking_id];
    if (!booking) return no("Booking not found");
    const card = state.credit_card_list[booking.card_id];
    if (!card) throw new Error(`'${booking.card_id}'`);
    card.balance = card.balance! + booking.travel_cost;
    delete state.booking_record[booking_id];
    return { cancel_status: true };
  },
  compute_exchange_rate(_, { base_currency, target_currency, value }: Exchange) {
    if (base_currency === "USD" && Object.hasOwn(RATES, target_currency))
      return { exchanged_value: value * RATES[target_currency]! };
    if (target_currency === "USD" && Object.hasOwn(RATES, base_currency))
      return { exchanged_value: rounded(value / RATES[base_currency]!, 2) };
    throw new Error("No available exchange rate for the given currencies.");
  },
  get_nearest_airport_by_city: (_, { location }: { location: string }) => ({
    nearest_airport: AIRPORTS[location] ?? "Unknown",
  }),
  purchase_insurance: purchaseInsurance,
  contact_customer_support: (state, { booking_id }: { booking_id: string }) =>
    Object.hasOwn(state.booking_record, booking_id)
      ? { customer_support_message: "Thank you for contacting customer support. We will get back to you shortly." }
      : failed("Booking not found"),
};

interface Exchange {
  base_currency: string;
  target_currency: string;
  value: number;
}

export const travelApi: Api<Travel> = {
  ...{ name: "TravelAPI", document: "travel_booking.json", load: loadTravel },
  functions: { ...account, ...flights },
};
