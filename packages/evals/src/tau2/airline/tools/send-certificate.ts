import { whole } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import { type Airline, userOf } from "../database.js";
import { userId } from "../fields.js";
import { laxNumber } from "../lax-number.js";

/** A task sends three certificates at most. */
const NEW_IDS = ["certificate_3221322", "certificate_3221323", "certificate_3221324"];

export const sendCertificate: DomainTool<Airline> = {
  name: "send_certificate",
  description: "Sends a user a certificate. Be careful with it.",
  parameters: { user_id: userId, amount: whole("In dollars") },
  writes: true,
  forgives: ({ amount, ...args }) => ({ ...args, ...(amount !== undefined && { amount: laxNumber(amount) }) }),
  run(airline, { user_id, amount }: { user_id: string; amount: number }) {
    const { payment_methods: methods } = userOf(airline, user_id);
    const id = NEW_IDS.find((id) => !Object.hasOwn(methods, id));
    if (id === undefined) throw new ToolFailure("Too many certificates");
    methods[id] = { source: "certificate", id, amount };
    return `${user_id} has certificate ${id} of ${amount} now`;
  },
};
