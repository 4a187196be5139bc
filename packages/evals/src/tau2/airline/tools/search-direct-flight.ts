import type { DomainTool } from "../../domain.js";
import type { Airline } from "../database.js";
import { airport, date } from "../fields.js";
import { bookable, type Wanted } from "../search.js";

export const searchDirectFlight: DomainTool<Airline> = {
  name: "search_direct_flight",
  description: "Direct flights between two airports on a date.",
  parameters: { origin: airport("Origin"), destination: airport("Destination"), date },
  writes: false,
  run: (airline, wanted: Wanted) => bookable(airline, wanted),
};
