import { type DomainTool, ToolFailure } from "../../domain.js";
import { type Airline, type Passenger, reservationOf } from "../database.js";
import { passengers, reservationId } from "../fields.js";

interface Change {
  reservation_id: string;
  passengers: Passenger[];
}

export const updateReservationPassengers: DomainTool<Airline> = {
  name: "update_reservation_passengers",
  description: "Changes who travels. Their number stays.",
  parameters: { reservation_id: reservationId, passengers },
  writes: true,
  run(airline, { reservation_id, passengers }: Change) {
    const reservation = reservationOf(airline, reservation_id);
    if (passengers.length !== reservation.passengers.length)
      throw new ToolFailure("the number of passengers must stay the same");
    reservation.passengers = passengers.map(({ first_name, last_name, dob }) => ({ first_name, last_name, dob }));
    return reservation;
  },
};
