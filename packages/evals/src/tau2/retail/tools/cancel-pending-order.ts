import { oneOf } from "../../../tools/json-schema.js";
import { cents, type DomainTool, ToolFailure } from "../../domain.js";
import { orderOf, paymentOf, type Shop } from "../database.js";
import { orderId } from "../fields.js";

export const cancelPendingOrder: DomainTool<Shop> = {
  name: "cancel_pending_order",
  description:
    "Cancels a pending order and refunds it: a gift card at once, others in 5 to 7 business days. Only after the user has confirmed it.",
  parameters: { order_id: orderId, reason: oneOf(["no longer needed", "ordered by mistake"], "Why") },
  writes: true,
  run(shop, { order_id, reason }: { order_id: string; reason: string }) {
    const order = orderOf(shop, order_id);
    if (order.status !== "pending") throw new ToolFailure("the order is not pending");
    const methods = order.payment_history.map((payment) => paymentOf(shop, order.user_id, payment.payment_method_id));
    const refunds = order.payment_history.map((payment) => ({ ...payment, transaction_type: "refund" as const }));
    for (const [i, method] of methods.entries())
      if (method.balance !== undefined) method.balance = cents(method.balance + refunds[i]!.amount);
    order.status = "cancelled";
    order.cancel_reason = reason;
    order.payment_history.push(...refunds);
    return order;
  },
};
