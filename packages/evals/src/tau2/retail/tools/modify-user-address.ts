import type { DomainTool } from "../../domain.js";
import { type Address, type Shop, userOf } from "../database.js";
import { address, userId } from "../fields.js";

export const modifyUserAddress: DomainTool<Shop> = {
  name: "modify_user_address",
  description: "Changes the default address of a user. Only after the user has confirmed it.",
  parameters: { user_id: userId, ...address },
  writes: true,
  run(shop, { user_id, ...address }: Address & { user_id: string }) {
    const user = userOf(shop, user_id);
    user.address = address;
    return user;
  },
};
