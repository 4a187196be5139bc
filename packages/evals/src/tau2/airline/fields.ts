/** Arguments that several tools of the airline have. */

import { listOf, oneOf, record, text, whole } from "../../tools/json-schema.js";

export const reservationId = text("The reservation, such as ZFA04Y");
export const userId = text("The user, such as sara_doe_496");
export const paymentId = text("A payment method of the user, such as credit_card_7815826 or gift_card_7815826");
export const cabin = oneOf(["business", "economy", "basic_economy"], "Cabin class");
export const airport = (what: string) => text(`${what} airport in three letters, such as JFK`);
export const date = text("Date, such as 2024-05-01");
export const flightNumber = text("Flight number, such as HAT001");
export const totalBaggages = whole("Bags in all");
export const nonfreeBaggages = whole("Bags that are paid for");
export const legs = listOf(
  record({ flight_number: flightNumber, date }),
  "Every flight of the whole reservation, also those that stay",
);
export const passengers = listOf(
  record({
    first_name: text("First name"),
    last_name: text("Last name"),
    dob: text("Date of birth, such as 1990-04-05"),
  }),
  "Every passenger",
);
