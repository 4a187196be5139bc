import { text } from "../../../tools/json-schema.js";
import type { DomainTool } from "../../domain.js";
import { productOf, type Shop } from "../database.js";

export const getProductDetails: DomainTool<Shop> = {
  name: "get_product_details",
  description: "A product with all its items: options, price, whether they are available.",
  parameters: { product_id: text("The product, such as 6086499569; no item's id") },
  writes: false,
  run: (shop, { product_id }: { product_id: string }) => productOf(shop, product_id),
};
