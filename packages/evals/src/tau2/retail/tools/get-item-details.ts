import { text } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import type { Shop } from "../database.js";

export const getItemDetails: DomainTool<Shop> = {
  name: "get_item_details",
  description: "Options and price of an item, and whether it is available.",
  parameters: { item_id: text("The item, such as 6086499569; no product's id") },
  writes: false,
  run({ products }, { item_id }: { item_id: string }) {
    const product = Object.values(products).find(({ variants }) => Object.hasOwn(variants, item_id));
    if (!product) throw new ToolFailure("Item not found");
    return product.variants[item_id];
  },
};
