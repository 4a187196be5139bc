import { cents, type DomainTool, ToolFailure } from "../../domain.js";
import { orderOf, paymentOf, type Shop } from "../database.js";
import { itemIds, newItemIds, orderId, paymentId } from "../fields.js";
import { priceDifference, swapsOf } from "../items.js";
import type { Exchange } from "./exchange-delivered-order-items.js";

export const modifyPendingOrderItems: DomainTool<Shop> = {
  name: "modify_pending_order_items",
  description:
    "Replaces items of a pending order by others of the same products. Once for an order, and only after the user has confirmed it.",
  parameters: { order_id: orderId, item_ids: itemIds, new_item_ids: newItemIds, payment_method_id: paymentId },
  writes: true,
  run(shop, { order_id, item_ids, new_item_ids, payment_method_id }: Exchange) {
    const order = orderOf(shop, order_id);
    if (order.status !== "pending") throw new ToolFailure("the order is not pending, or was modified before");
    if (item_ids.some((id, i) => id === new_item_ids[i])) throw new ToolFailure("a new item must be another one");
    const swaps = swapsOf(shop, order, item_ids, new_item_ids);
    const difference = priceDifference(swaps);
    const method = paymentOf(shop, order.user_id, payment_method_id);
    if (method.balance !== undefined && method.balance < difference)
      throw new ToolFailure("the gift card does not cover the price difference");
    const last = swaps.at(-1);
    if (!last) throw new ToolFailure("there are no items to modify");
    order.payment_history.push({
      transaction_type: difference > 0 ? "payment" : "refund",
      amount: Math.abs(difference),
      payment_method_id,
    });
    if (method.balance !== undefined) method.balance = cents(method.balance - difference);
    for (const [i, id] of item_ids.entries()) {
      const item = order.items.find(({ item_id }) => item_id === id);
      if (!item) throw new ToolFailure(`item ${id} not found`);
      item.item_id = new_item_ids[i]!;
      // The benchmark gives every modified item the price and options of the last one: its end states have them so.
      item.price = last.variant.price;
      item.options = last.variant.options;
    }
    order.status = "pending (item modified)";
    return order;
  },
};
