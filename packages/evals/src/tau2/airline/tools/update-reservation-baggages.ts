import type { DomainTool } from "../../domain.js";
import { BAG, charge } from "../charge.js";
import { type Airline, reservationOf, userOf } from "../database.js";
import { nonfreeBaggages, paymentId, reservationId, totalBaggages } from "../fields.js";

interface Baggages {
  reservation_id: string;
  total_baggages: number;
  nonfree_baggages: number;
  payment_id: string;
}

export const updateReservationBaggages: DomainTool<Airline> = {
  name: "update_reservation_baggages",
  description: "Changes how many bags a reservation has.",
  parameters: {
    reservation_id: reservationId,
    total_baggages: totalBaggages,
    nonfree_baggages: nonfreeBaggages,
    payment_id: paymentId,
  },
  writes: true,
  run(airline, { reservation_id, total_baggages, nonfree_baggages, payment_id }: Baggages) {
    const reservation = reservationOf(airline, reservation_id);
    const more = Math.max(0, nonfree_baggages - reservation.nonfree_baggages);
    const payment = charge(userOf(airline, reservation.user_id), payment_id, BAG * more);
    if (payment) reservation.payment_history.push(payment);
    reservation.total_baggages = total_baggages;
    reservation.nonfree_baggages = nonfree_baggages;
    return reservation;
  },
};
