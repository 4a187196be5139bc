import type { DeviceKind } from "../device-kind.js";
import { ReferenceDevice } from "./reference-device.js";

export const reference = {
  name: "reference",
  unavailableReason: () => undefined,
  create: () => new ReferenceDevice(),
} as const satisfies DeviceKind;
