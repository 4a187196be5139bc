import type { DomainTool } from "../../domain.js";
import { charge } from "../charge.js";
import { type Airline, reservationOf, seatsOn, userOf } from "../database.js";
import { cabin, legs, paymentId, reservationId } from "../fields.js";

interface Change {
  reservation_id: string;
  cabin: string;
  flights: { flight_number: string; date: string }[];
  payment_id: string;
}

export const updateReservationFlights: DomainTool<Airline> = {
  name: "update_reservation_flights",
  description: "Changes flights or cabin of a reservation; the price difference is charged or refunded.",
  parameters: { reservation_id: reservationId, cabin, flights: legs, payment_id: paymentId },
  writes: true,
  run(airline, { reservation_id, cabin, flights: wanted, payment_id }: Change) {
    const reservation = reservationOf(airline, reservation_id);
    const people = reservation.passengers.length;
    const flights = wanted.map((leg) => {
      const kept =
        cabin === reservation.cabin &&
        reservation.flights.find(({ flight_number, date }) => flight_number === leg.flight_number && date === leg.date);
      return kept || seatsOn(airline, leg, cabin, people);
    });
    const price = (list: readonly { price: number }[]) => list.reduce((sum, { price }) => sum + price, 0) * people;
    const difference = price(flights) - price(reservation.flights);
    const payment = charge(userOf(airline, reservation.user_id), payment_id, difference);
    if (payment) reservation.payment_history.push(payment);
    reservation.flights = flights;
    reservation.cabin = cabin;
    return reservation;
  },
};
