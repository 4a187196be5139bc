/** State of the user's phone as tau2-bench has it: what it is set to, and what is around it. */

export const NETWORK_MODES = ["4g_5g_preferred", "4g_only", "3g_only", "2g_only"] as const;
type Signal = "none" | "poor" | "fair" | "good" | "excellent";
type Network = "none" | "2G" | "3G" | "4G" | "5G";

export interface Apn {
  apn_name: "internet" | "broken";
  /** What it was is to come back when the phone starts again. */
  reset_at_reboot?: boolean;
  mms_apn?: string;
  mmsc_url?: string;
  mms_proxy?: string;
  mms_port?: number;
}

export interface Phone {
  sim_card_status: "active" | "locked_pin" | "locked_puk";
  sim_card_missing: boolean;
  airplane_mode: boolean;
  network_signal_strength: Signal;
  network_technology_connected: Network;
  network_connection_status: "connected" | "no_service";
  battery_level: number;
  data_enabled: boolean;
  roaming_enabled: boolean;
  network_mode_preference: (typeof NETWORK_MODES)[number];
  active_apn_settings: Apn;
  wifi_enabled: boolean;
  wifi_connected: boolean;
  wifi_ssid?: string;
  wifi_signal_strength: Signal;
  wifi_calling_enabled: boolean;
  wifi_calling_mms_over_wifi: boolean;
  data_saver_mode: boolean;
  vpn_connected: boolean;
  vpn_details?: { server_address: string; protocol: string; server_performance: Signal };
  app_statuses: Record<string, { app_name: string; permissions: Record<string, boolean> }>;
}

export interface Surroundings {
  name?: string;
  phone_number?: string;
  is_abroad: boolean;
  roaming_allowed: boolean;
  mobile_data_usage_exceeded: boolean;
  line_active: boolean;
  signal_strength: Record<Exclude<Network, "none">, Signal>;
  /** How good the servers of the VPN are. */
  vpn_performance: Signal;
  payment_request?: { bill_id: string; amount_due: number; paid: boolean };
}

export const SURROUNDINGS: Surroundings = {
  ...{ is_abroad: false, roaming_allowed: false, mobile_data_usage_exceeded: false, line_active: true },
  signal_strength: { "2G": "poor", "3G": "fair", "4G": "good", "5G": "excellent" },
  vpn_performance: "excellent",
};

/** What the company has phones set to. */
export const OWN_APN: Apn = {
  ...{ apn_name: "internet", mms_apn: "mms", mmsc_url: "http://mms.carrier.com/mms/wapenc" },
};
