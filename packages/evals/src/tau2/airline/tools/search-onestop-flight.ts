import type { DomainTool } from "../../domain.js";
import type { Airline } from "../database.js";
import { airport, date } from "../fields.js";
import { bookable } from "../search.js";

interface Trip {
  origin: string;
  destination: string;
  date: string;
}

export const searchOnestopFlight: DomainTool<Airline> = {
  name: "search_onestop_flight",
  description: "Pairs of flights between two airports with a stop between them.",
  parameters: { origin: airport("Origin"), destination: airport("Destination"), date },
  writes: false,
  run: (airline, { origin, destination, date }: Trip) =>
    bookable(airline, { date, origin }).flatMap((first) => {
      const arrival = first.scheduled_arrival_time_est;
      const onward = arrival.includes("+1") ? `2024-05-${Number(date.slice(-2)) + 1}` : date;
      return bookable(airline, { date: onward, origin: first.destination, destination, after: arrival }).map(
        (second) => [
          { ...first, date },
          { ...second, date: onward },
        ],
      );
    }),
};
