import { text } from "../../../tools/json-schema.js";
import type { DomainTool } from "../../domain.js";
import { add, type Bank } from "../database.js";
import { userId } from "../fields.js";

interface Verification extends Record<string, unknown> {
  user_id: string;
  time_verified: string;
}

export const logVerification: DomainTool<Bank> = {
  name: "log_verification",
  description: "Puts on record that a customer has shown who they are. Only once they have.",
  parameters: {
    ...{ name: text("Full name"), user_id: userId, address: text("Postal address"), email: text("Mail address") },
    ...{ phone_number: text("Number"), date_of_birth: text("As MM/DD/YYYY") },
    time_verified: text("When, such as 2025-11-14 03:40:00 EST"),
  },
  writes: true,
  run(db, args: Verification) {
    const time = args.time_verified.replaceAll(" ", "_").replaceAll(/[:-]/g, "");
    add(db, "verification_history", `${args.user_id}_${time}`, args);
    return "It is on record.";
  },
};
