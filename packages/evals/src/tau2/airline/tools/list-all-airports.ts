import type { DomainTool } from "../../domain.js";
import type { Airline } from "../database.js";

const CITIES: Readonly<Record<string, string>> = {
  ...{ SFO: "San Francisco", JFK: "New York", LAX: "Los Angeles", ORD: "Chicago", DFW: "Dallas", DEN: "Denver" },
  ...{ SEA: "Seattle", ATL: "Atlanta", MIA: "Miami", BOS: "Boston", PHX: "Phoenix", IAH: "Houston", LAS: "Las Vegas" },
  ...{ MCO: "Orlando", EWR: "Newark", CLT: "Charlotte", MSP: "Minneapolis", DTW: "Detroit", PHL: "Philadelphia" },
  LGA: "LaGuardia",
};

export const listAllAirports: DomainTool<Airline> = {
  name: "list_all_airports",
  description: "All airports with their cities.",
  parameters: {},
  writes: false,
  run: () => Object.entries(CITIES).map(([iata, city]) => ({ iata, city })),
};
