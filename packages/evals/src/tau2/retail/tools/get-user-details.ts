import type { DomainTool } from "../../domain.js";
import { type Shop, userOf } from "../database.js";
import { userId } from "../fields.js";

export const getUserDetails: DomainTool<Shop> = {
  name: "get_user_details",
  description: "Details of a user, with their orders.",
  parameters: { user_id: userId },
  writes: false,
  run: (shop, { user_id }: { user_id: string }) => userOf(shop, user_id),
};
