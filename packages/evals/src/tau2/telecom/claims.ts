/** What a task may ask of the end: of the phone, and of the company's tables. */

import { flag, type JsonSchema, number, text } from "../../tools/json-schema.js";
import type { Deed } from "../domain.js";
import { billOf, customerOf, lineOf, type Telecom } from "./database.js";
import { customerId, lineId } from "./fields.js";
import { canSendMms, dataWorks } from "./phone/phone.js";
import { speedOf } from "./phone/speed.js";

type Parameters = Readonly<Record<string, JsonSchema>>;

const claim = (
  name: string,
  parameters: Parameters,
  run: (db: Telecom, args: never) => boolean,
  optional: readonly string[] = [],
): Deed<Telecom> => ({ name, parameters, optional, run });

/** That something of the phone is as expected. */
const equals = (name: string, of: (db: Telecom) => unknown, expected: JsonSchema = flag("What it is to be")) =>
  claim(
    name,
    { expected_status: expected },
    (db, args: { expected_status: unknown }) => of(db) === args.expected_status,
  );

interface OfLine {
  customer_id: string;
  line_id: string;
}

export const claims: readonly Deed<Telecom>[] = [
  equals("assert_airplane_mode_status", ({ device }) => device.airplane_mode),
  equals("assert_service_status", ({ device }) => device.network_connection_status, text("connected or no_service")),
  equals("assert_mobile_data_status", dataWorks),
  equals("assert_mobile_roaming_status", ({ device }) => device.roaming_enabled),
  equals("assert_mobile_data_saver_mode_status", ({ device }) => device.data_saver_mode),
  equals("assert_can_send_mms", canSendMms),
  equals("assert_mobile_data_usage_exceeded", ({ surroundings }) => surroundings.mobile_data_usage_exceeded),
  claim(
    "assert_internet_speed",
    { expected_speed: number("Mbit/s at least"), expected_desc: text("What that is called") },
    (db, { expected_speed, expected_desc }: { expected_speed: number; expected_desc?: string }) => {
      const speed = speedOf(db);
      const isCalled = expected_desc === undefined || speed?.called === expected_desc.toLowerCase();
      return (speed?.mbps ?? 0) >= expected_speed && isCalled;
    },
    ["expected_desc"],
  ),
  claim("assert_internet_not_excellent", {}, (db) => speedOf(db)?.called !== "excellent"),
  claim(
    "assert_data_refueling_amount",
    { customer_id: customerId, line_id: lineId, expected_amount: number("GB") },
    (db, { customer_id, line_id, expected_amount }: OfLine & { expected_amount: number }) =>
      Math.abs(lineOf(db, customer_id, line_id).data_refueling_gb - expected_amount) < 1e-6,
  ),
  claim(
    "assert_line_status",
    { customer_id: customerId, line_id: lineId, expected_status: text("Such as Active") },
    (db, { customer_id, line_id, expected_status }: OfLine & { expected_status: string }) =>
      lineOf(db, customer_id, line_id).status === expected_status,
  ),
  claim(
    "assert_overdue_bill_exists",
    { customer_id: customerId, overdue_bill_id: text("The bill") },
    (db, { customer_id, overdue_bill_id: id }: { customer_id: string; overdue_bill_id: string }) =>
      customerOf(db, customer_id).bill_ids.includes(id) && billOf(db, id).status === "Overdue",
  ),
  claim(
    "assert_no_overdue_bill",
    { overdue_bill_id: text("The bill") },
    ({ bills }, { overdue_bill_id: id }: { overdue_bill_id: string }) =>
      (bills.find(({ bill_id }) => bill_id === id)?.status ?? "Paid") === "Paid",
  ),
];
