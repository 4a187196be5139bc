import { cents, type DomainTool, ToolFailure } from "../../domain.js";
import { orderOf, paymentOf, type Shop } from "../database.js";
import { orderId, paymentId } from "../fields.js";

export const modifyPendingOrderPayment: DomainTool<Shop> = {
  name: "modify_pending_order_payment",
  description:
    "Pays a pending order by another method; the former one is refunded. Only after the user has confirmed it.",
  parameters: { order_id: orderId, payment_method_id: paymentId },
  writes: true,
  run(shop, { order_id, payment_method_id }: { order_id: string; payment_method_id: string }) {
    const order = orderOf(shop, order_id);
    if (!order.status.includes("pending")) throw new ToolFailure("the order is not pending");
    const method = paymentOf(shop, order.user_id, payment_method_id);
    const [paid, ...more] = order.payment_history;
    if (!paid || more.length > 0 || paid.transaction_type !== "payment")
      throw new ToolFailure("the order must have one payment, and no other");
    if (paid.payment_method_id === payment_method_id) throw new ToolFailure("it is paid by that method");
    if (method.balance !== undefined && method.balance < paid.amount)
      throw new ToolFailure("the gift card does not cover the order");
    const former = paymentOf(shop, order.user_id, paid.payment_method_id);
    order.payment_history.push(
      { transaction_type: "payment", amount: paid.amount, payment_method_id },
      { ...paid, transaction_type: "refund" },
    );
    if (method.balance !== undefined) method.balance = cents(method.balance - paid.amount);
    if (former.balance !== undefined) former.balance = cents(former.balance + paid.amount);
    return order;
  },
};
