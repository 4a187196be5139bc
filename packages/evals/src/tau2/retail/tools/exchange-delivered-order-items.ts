import { cents, type DomainTool, ToolFailure } from "../../domain.js";
import { orderOf, paymentOf, type Shop } from "../database.js";
import { itemIds, newItemIds, orderId, paymentId } from "../fields.js";
import { priceDifference, swapsOf } from "../items.js";

export interface Exchange {
  order_id: string;
  item_ids: string[];
  new_item_ids: string[];
  payment_method_id: string;
}

export const exchangeDeliveredOrderItems: DomainTool<Shop> = {
  name: "exchange_delivered_order_items",
  description:
    "Exchanges items of a delivered order for others of the same products. Once for an order, and only after the user has confirmed it.",
  parameters: { order_id: orderId, item_ids: itemIds, new_item_ids: newItemIds, payment_method_id: paymentId },
  writes: true,
  run(shop, { order_id, item_ids, new_item_ids, payment_method_id }: Exchange) {
    const order = orderOf(shop, order_id);
    if (order.status !== "delivered") throw new ToolFailure("the order is not delivered");
    const difference = cents(priceDifference(swapsOf(shop, order, item_ids, new_item_ids)));
    const { balance } = paymentOf(shop, order.user_id, payment_method_id);
    if (balance !== undefined && balance < difference)
      throw new ToolFailure("the gift card does not cover the price difference");
    order.status = "exchange requested";
    order.exchange_items = [...item_ids].sort();
    order.exchange_new_items = [...new_item_ids].sort();
    order.exchange_payment_method_id = payment_method_id;
    order.exchange_price_difference = difference;
    return order;
  },
};
