/** tau2-bench's telephone company, whose users have a phone in their hands. */

import type { Domain } from "../domain.js";
import { transfer } from "../transfer.js";
import { claims } from "./claims.js";
import type { Telecom } from "./database.js";
import { happenings } from "./happenings.js";
import { accessPoint } from "./phone/access-point.js";
import { airplaneMode } from "./phone/airplane-mode.js";
import { apps } from "./phone/apps.js";
import { mobileData } from "./phone/mobile-data.js";
import { network } from "./phone/network.js";
import type { Part } from "./phone/part.js";
import { payment } from "./phone/payment.js";
import { simCard } from "./phone/sim-card.js";
import { SURROUNDINGS } from "./phone/state.js";
import { vpn } from "./phone/vpn.js";
import { whereabouts } from "./phone/whereabouts.js";
import { wifi } from "./phone/wifi.js";
import { wifiCalling } from "./phone/wifi-calling.js";
import { settle } from "./settle.js";
import { disableRoaming } from "./tools/disable-roaming.js";
import { enableRoaming } from "./tools/enable-roaming.js";
import { getBillsForCustomer } from "./tools/get-bills-for-customer.js";
import { getCustomerById } from "./tools/get-customer-by-id.js";
import { getCustomerByName } from "./tools/get-customer-by-name.js";
import { getCustomerByPhone } from "./tools/get-customer-by-phone.js";
import { getDataUsage } from "./tools/get-data-usage.js";
import { getDetailsById } from "./tools/get-details-by-id.js";
import { refuelData } from "./tools/refuel-data.js";
import { resumeLine } from "./tools/resume-line.js";
import { sendPaymentRequest } from "./tools/send-payment-request.js";
import { suspendLine } from "./tools/suspend-line.js";

const PHONE: readonly Part[] = [
  ...[network, airplaneMode, simCard, mobileData, accessPoint, wifi, wifiCalling, vpn, apps, payment, whereabouts],
];

export const telecom: Domain<Telecom> = {
  name: "telecom",
  policies: ["main_policy.md", "tech_support_manual.md"],
  databases: ["db.toml", "user_db.toml"],
  tables: ["plans", "customers", "lines", "bills", "devices", "device", "surroundings"],
  defaults: { surroundings: SURROUNDINGS },
  tools: [
    disableRoaming,
    enableRoaming,
    getBillsForCustomer,
    getCustomerById,
    getCustomerByName,
    getCustomerByPhone,
    getDataUsage,
    getDetailsById,
    refuelData,
    resumeLine,
    sendPaymentRequest,
    suspendLine,
    transfer,
  ],
  userTools: PHONE.flatMap(({ tools }) => tools),
  happenings: [...happenings, ...PHONE.flatMap(({ happenings = [] }) => happenings)],
  claims,
  settle,
  harm: ({ customers }) => ({
    name: "suspend_line",
    arguments: { customer_id: customers[0]!.customer_id, line_id: customers[0]!.line_ids[0]!, reason: "none" },
  }),
};
