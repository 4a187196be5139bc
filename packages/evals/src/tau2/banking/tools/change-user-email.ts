import { text } from "../../../tools/json-schema.js";
import type { DomainTool } from "../../domain.js";
import { type Bank, rowOf } from "../database.js";
import { userId } from "../fields.js";

export const changeUserEmail: DomainTool<Bank> = {
  name: "change_user_email",
  description: "Changes a customer's mail address.",
  parameters: { user_id: userId, new_email: text("The address") },
  writes: true,
  run(db, { user_id, new_email }: { user_id: string; new_email: string }) {
    rowOf(db, "users", user_id).email = new_email;
    return "The address is changed.";
  },
};
