import { oneOf, text } from "../../../tools/json-schema.js";
import type { DomainTool } from "../../domain.js";
import { TRANSFER } from "../../transfer.js";
import type { Bank } from "../database.js";

const REASONS = [
  ...["fraud_or_security_concern", "account_closure_request", "deceased_account_holder", "legal_or_regulatory_matter"],
  ...["account_ownership_dispute", "complex_billing_dispute", "abusive_customer_behavior", "third_party_inquiry"],
  ...["technical_system_error", "unconfirmed_external_communication"],
  ...["customer_demands_after_unavailable_offer_refusal", "kb_search_unsuccessful_customer_requests_transfer"],
  ...["specialized_department_required", "accessibility_or_special_needs", "customer_frustrated_demands_human"],
  ...["supervisor_request_service_complaint", "customer_requests_human_no_specific_reason"],
  ...["request_completed_customer_wants_human_followup", "other"],
];

export const transferToHumanAgents: DomainTool<Bank> = {
  name: TRANSFER,
  description: "Hands the user over to a person. The documents say when that is allowed, and for which reason.",
  parameters: { summary: text("What the user needs, in short"), reason: oneOf(REASONS, "Why; default: other") },
  optional: ["reason"],
  writes: false,
  run: () => "Transfer successful",
};
