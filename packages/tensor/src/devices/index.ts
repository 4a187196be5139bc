import { cpu } from "./cpu/index.js";
import { reference } from "./reference/index.js";
import { devicesOf } from "./registry.js";
import { wasm } from "./wasm/index.js";

/** The devices of Node, in order of choice: a new one is a folder and its name here. */
const devices = devicesOf([cpu, wasm, reference]);

export type DeviceName = (typeof devices)["deviceNames"][number];

export const { createDevice, defaultDevice, deviceNames, openDevice, unavailableReason } = devices;

export { cpuInstructionSet, setThreads } from "./cpu/index.js";
