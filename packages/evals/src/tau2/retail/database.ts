/** Tables of tau2-bench's shop. */

import { ToolFailure } from "../domain.js";

export interface Address {
  address1: string;
  address2: string;
  city: string;
  state: string;
  country: string;
  zip: string;
}

interface Variant {
  item_id: string;
  options: Record<string, string>;
  available: boolean;
  price: number;
}

interface Product {
  name: string;
  product_id: string;
  variants: Record<string, Variant>;
}

export interface PaymentMethod {
  source: "credit_card" | "paypal" | "gift_card";
  id: string;
  /** Of a gift card. */
  balance?: number;
}

interface User {
  user_id: string;
  name: { first_name: string; last_name: string };
  address: Address;
  email: string;
  payment_methods: Record<string, PaymentMethod>;
  orders: string[];
}

interface OrderItem {
  name: string;
  product_id: string;
  item_id: string;
  price: number;
  options: Record<string, string>;
}

export interface Order {
  order_id: string;
  user_id: string;
  address: Address;
  items: OrderItem[];
  status: string;
  payment_history: { transaction_type: "payment" | "refund"; amount: number; payment_method_id: string }[];
  cancel_reason?: string;
  exchange_items?: string[];
  exchange_new_items?: string[];
  exchange_payment_method_id?: string;
  exchange_price_difference?: number;
  return_items?: string[];
  return_payment_method_id?: string;
}

export interface Shop {
  products: Record<string, Product>;
  users: Record<string, User>;
  orders: Record<string, Order>;
}

/** @throws ToolFailure where it is not there */
function found<T>(what: string, table: Record<string, T>, id: string): T {
  const row = Object.hasOwn(table, id) ? table[id] : undefined;
  if (row === undefined) throw new ToolFailure(`${what} not found`);
  return row;
}

export const orderOf = (shop: Shop, id: string): Order => found("Order", shop.orders, id);
export const userOf = (shop: Shop, id: string): User => found("User", shop.users, id);
export const productOf = (shop: Shop, id: string): Product => found("Product", shop.products, id);
export const variantOf = (product: Product, id: string): Variant => found("Variant", product.variants, id);
export const paymentOf = (shop: Shop, userId: string, id: string): PaymentMethod =>
  found("Payment method", userOf(shop, userId).payment_methods, id);
