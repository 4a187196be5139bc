/** Speed of the phone's mobile data, in Mbit/s, and what that is called. */

import type { Telecom } from "../database.js";
import { dataWorks } from "./phone.js";

/** The middle between the slowest and the fastest of a network. */
const OF_NETWORK = { none: 0, "2G": 0.25, "3G": 3, "4G": 55, "5G": 275 } as const;
const OF_SIGNAL = { none: 0, poor: 0.2, fair: 0.5, good: 0.8, excellent: 1 } as const;

export interface Speed {
  mbps: number;
  called: "very poor" | "poor" | "fair" | "good" | "excellent";
}

/** @returns undefined where mobile data does not work */
export function speedOf(db: Telecom): Speed | undefined {
  if (!dataWorks(db)) return undefined;
  const { device } = db;
  const slowed =
    (device.vpn_connected && device.vpn_details?.server_performance === "poor" ? 0.1 : 1) *
    (device.data_saver_mode ? 0.2 : 1);
  const full = OF_NETWORK[device.network_technology_connected] * OF_SIGNAL[device.network_signal_strength];
  const mbps = Number((full * slowed).toFixed(2));
  return { mbps, called: called(mbps) };
}

function called(mbps: number): Speed["called"] {
  if (mbps < 1) return "very poor";
  if (mbps < 5) return "poor";
  if (mbps < 25) return "fair";
  return mbps < 100 ? "good" : "excellent";
}
