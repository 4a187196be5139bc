/** Data centre: machines of different regions for the services of a system. */

import { column } from "../schema.js";
import { twoLevel } from "./two-level.js";

export const machines = twoLevel({
  name: "machine-placement",
  description:
    "Regions and the machines on offer: cores, memory, the price of an hour, latency to the users, the processor.",
  request: (services) => `Place ${services.length} services on machines, each in another region.`,
  above: {
    plural: "regions",
    singular: "region",
    names: ["ap-1", "ap-2", "ca-1", "eu-1", "eu-2", "eu-3", "me-1", "sa-1", "us-1", "us-2", "us-3", "za-1"],
  },
  below: {
    ...{ plural: "machines", singular: "machine", named: column.numbered("m") },
    columns: [
      column.whole("cores", 1, 96),
      column.whole("memory", 2, 768, "GiB"),
      column.whole("price", 3, 900, "cents an hour"),
      column.whole("latency", 2, 240, "ms"),
      column.one("processor", ["arm64", "x86-64", "riscv64"]),
    ],
  },
  group: (i) => `service ${i + 1}`,
  groups: [3, 4, 5],
});
