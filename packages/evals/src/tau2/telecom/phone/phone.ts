/** What works of the user's phone: its network, mobile data and picture messages. */

import type { Telecom } from "../database.js";

const PREFERRED = { "4g_5g_preferred": "5G", "4g_only": "4G", "3g_only": "3G", "2g_only": "2G" } as const;

/** The phone looks for a network, and finds the one that it prefers or none. */
export function searchNetwork({ device, surroundings }: Telecom): void {
  const reachable =
    !device.sim_card_missing &&
    device.sim_card_status === "active" &&
    !device.airplane_mode &&
    device.active_apn_settings.apn_name !== "broken" &&
    surroundings.line_active;
  const network = PREFERRED[device.network_mode_preference];
  device.network_connection_status = reachable ? "connected" : "no_service";
  device.network_technology_connected = reachable ? network : "none";
  device.network_signal_strength = reachable ? surroundings.signal_strength[network] : "none";
}

export const dataWorks = ({ device, surroundings }: Telecom): boolean =>
  !device.airplane_mode &&
  device.network_signal_strength !== "none" &&
  device.network_connection_status !== "no_service" &&
  (!surroundings.is_abroad || (device.roaming_enabled && surroundings.roaming_allowed)) &&
  device.data_enabled &&
  !surroundings.mobile_data_usage_exceeded;

export const canSendMms = (db: Telecom): boolean => {
  const { device } = db;
  const { permissions } = device.app_statuses.messaging ?? {};
  return (
    dataWorks(db) &&
    device.network_technology_connected !== "2G" &&
    !(device.wifi_calling_enabled && device.wifi_calling_mms_over_wifi) &&
    device.active_apn_settings.mmsc_url !== undefined &&
    permissions?.storage === true &&
    permissions.sms === true
  );
};
