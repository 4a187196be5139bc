/** Items of an order that are given back or swapped for others. */

import { ToolFailure } from "../domain.js";
import { type Order, productOf, type Shop, variantOf } from "./database.js";

/** @throws ToolFailure where an item is asked for more often than the order has it */
export function requireItems(order: Order, ids: readonly string[]): void {
  const count = (list: readonly string[], id: string) => list.filter((one) => one === id).length;
  const had = order.items.map(({ item_id }) => item_id);
  const missing = ids.find((id) => count(ids, id) > count(had, id));
  if (missing !== undefined) throw new ToolFailure(`the order does not have item ${missing} that often`);
}

export interface Swap {
  item: Order["items"][number];
  variant: ReturnType<typeof variantOf>;
}

/** Items with what replaces them: each of the same product, and in stock. @throws ToolFailure */
export function swapsOf(shop: Shop, order: Order, ids: readonly string[], newIds: readonly string[]): Swap[] {
  requireItems(order, ids);
  if (ids.length !== newIds.length) throw new ToolFailure("as many new items are needed as old ones");
  return ids.map((id, i) => {
    const item = order.items.find(({ item_id }) => item_id === id)!;
    const variant = variantOf(productOf(shop, item.product_id), newIds[i]!);
    if (!variant.available) throw new ToolFailure(`new item ${newIds[i]} is not available`);
    return { item, variant };
  });
}

/** What the new items cost more. */
export const priceDifference = (swaps: readonly Swap[]): number =>
  swaps.reduce((sum, { item, variant }) => sum + (variant.price - item.price), 0);
