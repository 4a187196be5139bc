/** The interfaces of BFCL's multi-turn suite. */

import type { Api } from "../api.js";
import { gorillaFileSystem } from "./file-system.js";
import { mathApi } from "./math.js";
import { messageApi } from "./message.js";
import { ticketApi } from "./ticket.js";
import { tradingBot } from "./trading-bot.js";
import { travelApi } from "./travel.js";
import { twitterApi } from "./twitter.js";
import { vehicleControlApi } from "./vehicle-control.js";

export const APIS = [
  ...[gorillaFileSystem, mathApi, messageApi, twitterApi, ticketApi, tradingBot, travelApi, vehicleControlApi],
] as readonly Api[];
