/** Tables of tau2-bench's airline. */

import { ToolFailure } from "../domain.js";

export interface Passenger {
  first_name: string;
  last_name: string;
  dob: string;
}

export interface Payment {
  payment_id: string;
  amount: number;
}

export interface FlightOnDate {
  status: string;
  /** By cabin, where it is available. */
  available_seats?: Record<string, number>;
  prices?: Record<string, number>;
}

export interface Flight {
  flight_number: string;
  origin: string;
  destination: string;
  scheduled_departure_time_est: string;
  scheduled_arrival_time_est: string;
  dates: Record<string, FlightOnDate>;
}

export interface PaymentMethod {
  source: "credit_card" | "gift_card" | "certificate";
  id: string;
  /** Of gift cards and certificates. */
  amount?: number;
}

export interface User {
  user_id?: string;
  payment_methods: Record<string, PaymentMethod>;
  reservations: string[];
}

interface Leg {
  flight_number: string;
  date: string;
}

export interface BookedFlight extends Leg {
  origin: string;
  destination: string;
  price: number;
}

export interface Reservation {
  reservation_id: string;
  user_id: string;
  origin: string;
  destination: string;
  flight_type: string;
  cabin: string;
  flights: BookedFlight[];
  passengers: Passenger[];
  payment_history: Payment[];
  created_at: string;
  total_baggages: number;
  nonfree_baggages: number;
  insurance: string;
  status?: string;
}

export interface Airline {
  flights: Record<string, Flight>;
  users: Record<string, User>;
  reservations: Record<string, Reservation>;
}

/** @throws ToolFailure where it is not there */
function found<T>(what: string, table: Record<string, T>, id: string): T {
  const row = Object.hasOwn(table, id) ? table[id] : undefined;
  if (row === undefined) throw new ToolFailure(`${what} ${id} not found`);
  return row;
}

export const userOf = (airline: Airline, id: string): User => found("User", airline.users, id);
export const reservationOf = (airline: Airline, id: string): Reservation =>
  found("Reservation", airline.reservations, id);
export const paymentOf = (user: User, id: string): PaymentMethod => found("Payment method", user.payment_methods, id);

export const onDate = (airline: Airline, { flight_number, date }: Leg): FlightOnDate =>
  found(`Flight ${flight_number} on`, found("Flight", airline.flights, flight_number).dates, date);

/** A seat for everybody on a flight. @throws ToolFailure where it cannot be booked */
export function seatsOn(airline: Airline, leg: Leg, cabin: string, passengers: number): BookedFlight {
  const { status, available_seats: seats, prices } = onDate(airline, leg);
  if (status !== "available" || !seats || !prices)
    throw new ToolFailure(`Flight ${leg.flight_number} is not available on ${leg.date}`);
  if ((seats[cabin] ?? 0) < passengers) throw new ToolFailure(`Not enough seats on flight ${leg.flight_number}`);
  const { origin, destination } = airline.flights[leg.flight_number]!;
  return { origin, destination, flight_number: leg.flight_number, date: leg.date, price: prices[cabin]! };
}
