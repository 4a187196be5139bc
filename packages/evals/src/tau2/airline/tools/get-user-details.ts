import type { DomainTool } from "../../domain.js";
import { type Airline, userOf } from "../database.js";
import { userId } from "../fields.js";

export const getUserDetails: DomainTool<Airline> = {
  name: "get_user_details",
  description: "Details of a user, with their reservations.",
  parameters: { user_id: userId },
  writes: false,
  run: (airline, { user_id }: { user_id: string }) => userOf(airline, user_id),
};
