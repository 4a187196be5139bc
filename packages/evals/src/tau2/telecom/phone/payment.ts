/** Bills that the company asks its customer to pay. */

import { ToolFailure } from "../../domain.js";
import { changes, looks, type Part } from "./part.js";

export const payment: Part = {
  tools: [
    looks({
      name: "check_payment_request",
      description: "Whether the company asks for a payment: of which bill, and how much.",
      asked: /payment request/i,
      run: ({ surroundings: { payment_request: asked } }) =>
        asked ? `Bill ${asked.bill_id} is to be paid: ${asked.amount_due} USD.` : "No payment is asked for.",
    }),
    changes({
      name: "make_payment",
      description: "Pays what the company asks for.",
      asked: /(?:make|complete|approve|send)[^.?!]*payment|pay (?:the|this|your|that)/i,
      usual: {},
      run({ surroundings: { payment_request: asked } }) {
        if (!asked) throw new ToolFailure("no payment is asked for");
        asked.paid = true;
        return `Bill ${asked.bill_id} is paid: ${asked.amount_due} USD.`;
      },
    }),
  ],
};
