import type { DomainTool } from "../../domain.js";
import { type Airline, reservationOf } from "../database.js";
import { reservationId } from "../fields.js";

export const cancelReservation: DomainTool<Airline> = {
  name: "cancel_reservation",
  description: "Cancels a whole reservation.",
  parameters: { reservation_id: reservationId },
  writes: true,
  run(airline, { reservation_id }: { reservation_id: string }) {
    const reservation = reservationOf(airline, reservation_id);
    const refunds = reservation.payment_history.map(({ payment_id, amount }) => ({ payment_id, amount: -amount }));
    reservation.payment_history.push(...refunds);
    reservation.status = "cancelled";
    return reservation;
  },
};
