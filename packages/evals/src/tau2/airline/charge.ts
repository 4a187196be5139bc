/** What a change of a reservation costs, and who pays. */

import { ToolFailure } from "../domain.js";
import { type Payment, paymentOf, type User } from "./database.js";

/** Price of a bag that is not free. */
export const BAG = 50;

/** Below 0 it is a refund. @returns undefined where nothing is to be paid. @throws ToolFailure */
export function charge(user: User, payment_id: string, amount: number): Payment | undefined {
  const method = paymentOf(user, payment_id);
  if (method.source === "certificate") throw new ToolFailure("a certificate cannot pay for a change");
  if (method.source === "gift_card") {
    if (method.amount! < amount) throw new ToolFailure("the gift card does not cover it");
    method.amount! -= amount;
  }
  return amount === 0 ? undefined : { payment_id, amount };
}
