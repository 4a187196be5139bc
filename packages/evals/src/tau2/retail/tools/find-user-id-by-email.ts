import { text } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import type { Shop } from "../database.js";

export const findUserIdByEmail: DomainTool<Shop> = {
  name: "find_user_id_by_email",
  description: "Finds the id of the user with an email address.",
  parameters: { email: text("Such as something@example.com") },
  writes: false,
  run({ users }, { email }: { email: string }) {
    const user = Object.entries(users).find(([, user]) => user.email.toLowerCase() === email.toLowerCase());
    if (!user) throw new ToolFailure("User not found");
    return user[0];
  },
};
