/** Flights that can be booked on a day. */

import type { Airline, Flight } from "./database.js";

export interface Wanted {
  date: string;
  origin: string;
  destination?: string;
  /** Earliest departure. */
  after?: string;
}

export function bookable(airline: Airline, { date, origin, destination, after }: Wanted) {
  return Object.values(airline.flights)
    .filter(
      (flight) =>
        flight.origin === origin &&
        (destination === undefined || flight.destination === destination) &&
        flight.dates[date]?.status === "available" &&
        (after === undefined || flight.scheduled_departure_time_est >= after),
    )
    .map((flight) => shown(flight, date));
}

function shown(flight: Flight, date: string) {
  const { dates, ...about } = flight;
  const { available_seats, prices } = dates[date]!;
  return { ...about, status: "available", available_seats, prices };
}
