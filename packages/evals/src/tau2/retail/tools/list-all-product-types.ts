import type { DomainTool } from "../../domain.js";
import type { Shop } from "../database.js";

export const listAllProductTypes: DomainTool<Shop> = {
  name: "list_all_product_types",
  description: "Names and ids of all products. Each has many items, with ids and options of their own.",
  parameters: {},
  writes: false,
  run: ({ products }) =>
    Object.fromEntries(
      Object.values(products)
        .map(({ name, product_id }) => [name, product_id] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
};
