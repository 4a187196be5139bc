import type { DomainTool } from "../../domain.js";
import { orderOf, type Shop } from "../database.js";
import { orderId } from "../fields.js";

export const getOrderDetails: DomainTool<Shop> = {
  name: "get_order_details",
  description: "Status and details of an order.",
  parameters: { order_id: orderId },
  writes: false,
  run: (shop, { order_id }: { order_id: string }) => orderOf(shop, order_id),
};
