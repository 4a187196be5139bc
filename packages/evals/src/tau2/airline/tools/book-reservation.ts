import { listOf, oneOf, record, whole } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import { BAG } from "../charge.js";
import {
  type Airline,
  type BookedFlight,
  onDate,
  type Payment,
  paymentOf,
  type Reservation,
  seatsOn,
  type User,
  userOf,
} from "../database.js";
import { airport, cabin, legs, nonfreeBaggages, passengers, paymentId, totalBaggages, userId } from "../fields.js";
import { fromBoolean, laxNumber } from "../lax-number.js";

interface Booking extends Omit<Reservation, "reservation_id" | "payment_history" | "created_at" | "status"> {
  payment_methods: Payment[];
}

/** A task makes three reservations at most. */
const NEW_IDS = ["HATHAT", "HATHAU", "HATHAV"];
const NOW = "2024-05-15T15:00:00";
const INSURANCE = 30;

export const bookReservation: DomainTool<Airline> = {
  name: "book_reservation",
  description: "Books a reservation. The payments must add up to its price.",
  parameters: {
    user_id: userId,
    origin: airport("Origin"),
    destination: airport("Destination"),
    flight_type: oneOf(["one_way", "round_trip"], "Kind of trip"),
    cabin,
    flights: legs,
    passengers,
    payment_methods: listOf(record({ payment_id: paymentId, amount: whole("In dollars") }), "Who pays how much"),
    total_baggages: totalBaggages,
    nonfree_baggages: nonfreeBaggages,
    insurance: oneOf(["yes", "no"], "Whether it has travel insurance"),
  },
  writes: true,
  forgives: ({ total_baggages, nonfree_baggages, payment_methods: payments, ...args }) => ({
    ...args,
    ...(total_baggages !== undefined && { total_baggages: laxNumber(total_baggages) }),
    ...(nonfree_baggages !== undefined && { nonfree_baggages: fromBoolean(nonfree_baggages) }),
    ...(payments !== undefined && { payment_methods: Array.isArray(payments) ? payments.map(laxPayment) : payments }),
  }),
  run(airline, { payment_methods, flights: wanted, ...booking }: Booking) {
    const user = userOf(airline, booking.user_id);
    const reservation_id = NEW_IDS.find((id) => !Object.hasOwn(airline.reservations, id));
    if (reservation_id === undefined) throw new ToolFailure("Too many reservations");
    const people = booking.passengers.length;
    const flights = wanted.map((leg) => seatsOn(airline, leg, booking.cabin, people));
    const payments = payment_methods.map(({ payment_id, amount }) => ({ payment_id, amount }));
    requirePayment(user, payments, priceOf(booking, flights));
    pay(user, payments);
    for (const flight of flights) onDate(airline, flight).available_seats![booking.cabin]! -= people;
    const reservation: Reservation = {
      ...{ reservation_id, ...booking, flights, payment_history: payments, created_at: NOW },
      passengers: booking.passengers.map(({ first_name, last_name, dob }) => ({ first_name, last_name, dob })),
    };
    airline.reservations[reservation_id] = reservation;
    user.reservations.push(reservation_id);
    return reservation;
  },
};

const laxPayment = (payment: unknown): unknown =>
  typeof payment === "object" && payment !== null && "amount" in payment
    ? { ...payment, amount: laxNumber(payment.amount) }
    : payment;

function priceOf(
  { passengers, insurance, nonfree_baggages }: Omit<Booking, "payment_methods" | "flights">,
  flights: readonly BookedFlight[],
): number {
  const each = flights.reduce((sum, { price }) => sum + price, insurance === "yes" ? INSURANCE : 0);
  return each * passengers.length + BAG * nonfree_baggages;
}

function requirePayment(user: User, payments: readonly Payment[], price: number): void {
  for (const { payment_id, amount } of payments) {
    const { amount: balance } = paymentOf(user, payment_id);
    if (balance !== undefined && balance < amount) throw new ToolFailure(`${payment_id} does not cover ${amount}`);
  }
  const paid = payments.reduce((sum, { amount }) => sum + amount, 0);
  if (paid !== price) throw new ToolFailure(`the price is ${price}, but the payments are ${paid}`);
}

/** A certificate is used up. */
function pay({ payment_methods }: User, payments: readonly Payment[]): void {
  for (const { payment_id, amount } of payments) {
    const method = payment_methods[payment_id];
    if (method?.source === "certificate") delete payment_methods[payment_id];
    else if (method?.source === "gift_card") method.amount! -= amount;
  }
}
