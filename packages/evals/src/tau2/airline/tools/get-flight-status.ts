import type { DomainTool } from "../../domain.js";
import { type Airline, onDate } from "../database.js";
import { date, flightNumber } from "../fields.js";

export const getFlightStatus: DomainTool<Airline> = {
  name: "get_flight_status",
  description: "Status of a flight on a date.",
  parameters: { flight_number: flightNumber, date },
  writes: false,
  run: (airline, leg: { flight_number: string; date: string }) => onDate(airline, leg).status,
};
