import { type DomainTool, ToolFailure } from "../../domain.js";
import { orderOf, paymentOf, type Shop } from "../database.js";
import { itemIds, orderId, paymentId } from "../fields.js";
import { requireItems } from "../items.js";

interface Return {
  order_id: string;
  item_ids: string[];
  payment_method_id: string;
}

export const returnDeliveredOrderItems: DomainTool<Shop> = {
  name: "return_delivered_order_items",
  description:
    "Takes back items of a delivered order; the user gets a mail about how. The refund goes to the original payment method or a gift card. Only after the user has confirmed it.",
  parameters: { order_id: orderId, item_ids: itemIds, payment_method_id: paymentId },
  writes: true,
  run(shop, { order_id, item_ids, payment_method_id }: Return) {
    const order = orderOf(shop, order_id);
    if (order.status !== "delivered") throw new ToolFailure("the order is not delivered");
    const { source } = paymentOf(shop, order.user_id, payment_method_id);
    if (source !== "gift_card" && payment_method_id !== order.payment_history[0]?.payment_method_id)
      throw new ToolFailure("the refund goes to the original payment method or a gift card");
    requireItems(order, item_ids);
    order.status = "return requested";
    order.return_items = [...item_ids].sort();
    order.return_payment_method_id = payment_method_id;
    return order;
  },
};
