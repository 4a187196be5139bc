/** Arguments that several tools of the shop have. */

import { type JsonSchema, listOf, text } from "../../tools/json-schema.js";

export const orderId = text("The order, such as #W0000000; the # belongs to it");
export const userId = text("The user, such as sara_doe_496");
export const paymentId = text("A payment method of the user, such as gift_card_0000000 or credit_card_0000000");
export const itemIds = listOf(text("An item, such as 1008292230"), "The items; one may stand there several times");
export const newItemIds = listOf(
  text("An item, such as 1008292230"),
  "What replaces them, in the same order, each of the same product",
);

export const address: Readonly<Record<string, JsonSchema>> = {
  address1: text("First line, such as 123 Main St"),
  address2: text("Second line, such as Apt 1; may be empty"),
  city: text("City"),
  state: text("State, such as CA"),
  country: text("Country, such as USA"),
  zip: text("Zip code"),
};
