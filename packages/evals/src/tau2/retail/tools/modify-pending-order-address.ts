import { type DomainTool, ToolFailure } from "../../domain.js";
import { type Address, orderOf, type Shop } from "../database.js";
import { address, orderId } from "../fields.js";

export const modifyPendingOrderAddress: DomainTool<Shop> = {
  name: "modify_pending_order_address",
  description: "Sends a pending order to another address. Only after the user has confirmed it.",
  parameters: { order_id: orderId, ...address },
  writes: true,
  run(shop, { order_id, ...address }: Address & { order_id: string }) {
    const order = orderOf(shop, order_id);
    if (!order.status.includes("pending")) throw new ToolFailure("the order is not pending");
    order.address = address;
    return order;
  },
};
