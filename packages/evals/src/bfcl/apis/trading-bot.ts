/** TradingBot: orders, an account and a watch list. */

import { type Api, failed, loaded } from "../api.js";
import { isDate } from "../dates.js";
import type { LongContext } from "../long-context.js";
import { PythonRandom } from "../python-random.js";
import { STOCKS, type Stock, SYMBOLS } from "./stocks.js";

interface Order {
  id: number;
  order_type: string;
  symbol: string;
  price: number;
  amount: number;
  status: string;
}

interface Account {
  account_id: number;
  balance: number;
  binding_card: number;
}

interface Market {
  orders: Record<string, Order>;
  account_info: Account;
  authenticated: boolean;
  market_status: string;
  order_counter: number;
  stocks: Record<string, Stock>;
  watch_list: string[];
  transaction_history: { type: string; amount: number; timestamp: string }[];
  _random: PythonRandom;
  _long: LongContext | undefined;
}

const NEW: Omit<Market, "_random" | "_long"> = {
  orders: {
    "12345": { id: 12345, order_type: "Buy", symbol: "AAPL", price: 210.65, amount: 10, status: "Completed" },
    "12446": { id: 12446, order_type: "Sell", symbol: "GOOG", price: 2840.56, amount: 5, status: "Pending" },
  },
  account_info: { account_id: 12345, balance: 10000, binding_card: 1974202140965533 },
  ...{ authenticated: false, market_status: "Closed", order_counter: 12446, stocks: STOCKS },
  ...{ watch_list: ["NVDA"], transaction_history: [] },
};
const SEED = 1053520;
const NOW = Date.UTC(2024, 8, 1, 10, 30);
const DAY_SECONDS = 86_400;
const SECTORS = {
  Technology: ["AAPL", "GOOG", "MSFT", "NVDA"],
  Automobile: ["TSLA", "F", "GM"],
};

const locked = (what: string) => failed(`User not authenticated. Please log in to ${what}.`);
const orderOf = ({ orders }: Market, id: number): Order | undefined =>
  typeof id === "number" && Object.hasOwn(orders, id) ? orders[id] : undefined;

/** With texts about its company, where contexts are long. */
function detailsOf(order: Order, long: LongContext | undefined): object {
  if (!long) return order;
  const texts = Object.entries(long.order_details);
  const about = texts.map(([name, text]) => [name, text.replaceAll("{symbol}", order.symbol)]);
  return { ...order, metadata: Object.fromEntries(about) };
}

function stocksOf(sector: string, long: LongContext | undefined): readonly string[] {
  if (sector === "Technology") return [...SECTORS.Technology, ...(long?.technology ?? [])];
  return sector === "Automobile" ? [...SECTORS.Automobile, ...(long?.automobile ?? [])] : [];
}

function record(state: Market, type: string, amount: number): void {
  const moment = new Date(NOW + 1000 * state._random.randint(0, DAY_SECONDS));
  state.transaction_history.push({ type, amount, timestamp: moment.toISOString().slice(0, 19).replace("T", " ") });
}

interface Wanted {
  order_type: string;
  symbol: string;
  price: number;
  amount: number;
}

function placeOrder(state: Market, { order_type, symbol, price, amount }: Wanted) {
  if (!state.authenticated) return locked("place an order");
  if (!Object.hasOwn(state.stocks, symbol)) return failed(`Invalid stock symbol: ${symbol}`);
  if (price <= 0 || amount <= 0) return failed("Price and amount must be positive values.");
  const [cost, { balance }] = [price * Math.trunc(amount), state.account_info];
  if (order_type.toLowerCase() === "buy" && cost > balance)
    return failed(`Insufficient funds: required $${cost.toFixed(2)} but only $${balance.toFixed(2)} available.`);
  const id = state.order_counter++;
  state.orders[id] = { id, order_type, symbol, price, amount, status: "Open" };
  return { order_id: id, order_type, status: "Pending", price, amount };
}

export const tradingBot: Api<Market> = {
  name: "TradingBot",
  document: "trading_bot.json",
  load: (scenario, long) => ({
    ...loaded(NEW, scenario),
    _random: new PythonRandom((scenario.random_seed as number | undefined) ?? SEED),
    _long: long,
  }),
  functions: {
    get_current_time: () => ({ current_time: "10:30 AM" }),
    get_symbol_by_name: (_, { name }: { name: string }) => ({ symbol: SYMBOLS[name] ?? "Stock not found" }),
    get_stock_info({ stocks, _long }, { symbol }: { symbol: string }) {
      if (!Object.hasOwn(stocks, symbol)) return failed(`Stock with symbol '${symbol}' not found.`);
      return _long ? { ...stocks[symbol], "MA(5)": _long.ma_5, "MA(20)": _long.ma_20 } : stocks[symbol];
    },
    get_order_details(state, { order_id }: { order_id: number }) {
      const order = orderOf(state, order_id);
      if (order) return detailsOf(order, state._long);
      const known = Object.keys(state.orders).join(", ");
      return failed(`Order with ID ${order_id} not found.Here is the list of orders_id: [${known}]`);
    },
    cancel_order(state, { order_id }: { order_id: number }) {
      const order = orderOf(state, order_id);
      if (!order) return failed(`Order with ID ${order_id} not found.`);
      if (order.status === "Completed") return failed(`Can't cancel order ${order_id}. Order is already completed.`);
      order.status = "Cancelled";
      return { order_id, status: "Cancelled" };
    },
    place_order: placeOrder,
    withdraw_funds(state, { amount }: { amount: number }) {
      if (!state.authenticated) return locked("make a transaction");
      if (state.market_status !== "Open") return failed("Market is closed. Transactions are not allowed.");
      if (amount <= 0) return failed("Transaction amount must be positive.");
      if (amount > state.account_info.balance) return failed("Insufficient funds for withdrawal.");
      state.account_info.balance -= amount;
      record(state, "withdrawal", amount);
      return { status: "Withdrawal successful", new_balance: state.account_info.balance };
    },
    get_account_info: (state) => (state.authenticated ? state.account_info : locked("view account information")),
    trading_login(state) {
      if (state.authenticated) return { status: "Already logged in" };
      state.authenticated = true;
      return { status: "Logged in successfully" };
    },
    trading_get_login_status: ({ authenticated }) => ({ status: authenticated }),
    trading_logout(state) {
      if (!state.authenticated) return { status: "No user is currently logged in" };
      state.authenticated = false;
      return { status: "Logged out successfully" };
    },
    fund_account(state, { amount }: { amount: number }) {
      if (!state.authenticated) return locked("fund the account");
      if (amount <= 0) return failed("Funding amount must be positive.");
      state.account_info.balance += amount;
      record(state, "deposit", amount);
      return { status: "Account funded successfully", new_balance: state.account_info.balance };
    },
    remove_stock_from_watchlist(state, { symbol }: { symbol: string }) {
      if (!state.authenticated) return locked("modify the watchlist");
      const at = state.watch_list.indexOf(symbol);
      if (at < 0) return failed(`Stock ${symbol} not found in watchlist.`);
      state.watch_list.splice(at, 1);
      return { status: `Stock ${symbol} removed from watchlist successfully.` };
    },
    get_watchlist({ authenticated, watch_list: watchlist, _long }) {
      if (!authenticated) return ["Error: User not authenticated. Please log in to view the watchlist."];
      return _long ? [...watchlist, ..._long.watch_list] : { watchlist };
    },
    get_order_history: (state) =>
      state.authenticated ? { history: Object.keys(state.orders).map(Number) } : [locked("view order history")],
    get_transaction_history(state, { start_date, end_date }: { start_date?: string; end_date?: string }) {
      if (!state.authenticated) return [locked("view transaction history")];
      if ([start_date, end_date].some((date) => date && !isDate(date)))
        throw new Error("a date does not match format '%Y-%m-%d'");
      const [start, end] = [start_date || "", end_date ? `${end_date} 00:00:00` : "9999"];
      const within = state.transaction_history.filter(({ timestamp }) => timestamp >= start && timestamp <= end);
      return { transaction_history: [...within, ...(state._long?.transactions ?? [])] };
    },
    get_available_stocks: ({ _long }, { sector }: { sector: string }) => ({ stock_list: stocksOf(sector, _long) }),
    filter_stocks_by_price(
      state,
      { stocks, min_price, max_price }: { stocks: string[]; min_price: number; max_price: number },
    ) {
      const price = (symbol: string) => state.stocks[symbol]?.price ?? 0;
      return { filtered_stocks: stocks.filter((one) => price(one) >= min_price && price(one) <= max_price) };
    },
    add_to_watchlist(state, { stock }: { stock: string }) {
      if (!state.watch_list.includes(stock) && Object.hasOwn(state.stocks, stock)) state.watch_list.push(stock);
      return { watchlist: state.watch_list };
    },
    notify_price_change(state, { stocks, threshold }: { stocks: string[]; threshold: number }) {
      const changed = stocks.filter((one) => Math.abs(state.stocks[one]?.percent_change ?? Number.NaN) >= threshold);
      const notification =
        changed.length > 0
          ? `Stocks ${changed.join(", ")} have significant price changes.`
          : "No significant price changes in the selected stocks.";
      return { notification };
    },
  },
};
