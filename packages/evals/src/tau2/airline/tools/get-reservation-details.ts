import type { DomainTool } from "../../domain.js";
import { type Airline, reservationOf } from "../database.js";
import { reservationId } from "../fields.js";

export const getReservationDetails: DomainTool<Airline> = {
  name: "get_reservation_details",
  description: "Details of a reservation.",
  parameters: { reservation_id: reservationId },
  writes: false,
  run: (airline, { reservation_id }: { reservation_id: string }) => reservationOf(airline, reservation_id),
};
