/** VehicleControlAPI: engine, doors, brakes, climate and the way ahead. */

import { type Api, type ApiFunction, failed, loaded } from "../api.js";
import type { LongContext } from "../long-context.js";
import { PythonRandom } from "../python-random.js";
import { DISTANCES, ZIP_CODES } from "./places.js";

interface Vehicle {
  fuelLevel: number;
  batteryVoltage: number;
  engineState: string;
  remainingUnlockedDoors: number;
  doorStatus: Record<string, string>;
  acTemperature: number;
  fanSpeed: number;
  acMode: string;
  humidityLevel: number;
  headLightStatus: string;
  parkingBrakeStatus: string;
  brakePedalStatus: string;
  distanceToNextVehicle: number;
  cruiseStatus: string;
  destination: string;
  frontLeftTirePressure: number;
  frontRightTirePressure: number;
  rearLeftTirePressure: number;
  rearRightTirePressure: number;
  _parkingBrakeForce: number;
  _slopeAngle: number;
  _brakePedalForce: number;
  _random: PythonRandom;
  _long: LongContext | undefined;
}

const NEW: Omit<Vehicle, "_random" | "_long"> = {
  ...{ fuelLevel: 0, batteryVoltage: 12.6, engineState: "stopped", remainingUnlockedDoors: 4 },
  doorStatus: { driver: "unlocked", passenger: "unlocked", rear_left: "unlocked", rear_right: "unlocked" },
  ...{ acTemperature: 25, fanSpeed: 50, acMode: "auto", humidityLevel: 50, headLightStatus: "off" },
  ...{ parkingBrakeStatus: "released", brakePedalStatus: "released", distanceToNextVehicle: 50 },
  ...{ cruiseStatus: "inactive", destination: "None" },
  ...{ frontLeftTirePressure: 32, frontRightTirePressure: 32, rearLeftTirePressure: 30, rearRightTirePressure: 30 },
  ...{ _parkingBrakeForce: 0, _slopeAngle: 0, _brakePedalForce: 0 },
};
const SEED = 141053;
const TANK_GALLONS = 50;
const MILES_PER_GALLON = 20;
const FULL_BRAKE = 1000;

function load(scenario: Readonly<Record<string, unknown>>, long?: LongContext): Vehicle {
  const vehicle = loaded(NEW, scenario);
  const { parkingBrakeForce = 0, slopeAngle = 0, brakePedalForce = 0, random_seed = SEED } = scenario;
  return {
    ...vehicle,
    remainingUnlockedDoors: 4 - Object.values(vehicle.doorStatus).filter((status) => status === "locked").length,
    _parkingBrakeForce: parkingBrakeForce as number,
    _slopeAngle: slopeAngle as number,
    _brakePedalForce: brakePedalForce as number,
    _random: new PythonRandom(random_seed as number),
    _long: long,
  };
}

type Functions = Readonly<Record<string, ApiFunction<Vehicle>>>;

const driving: Functions = {
  startEngine(state, { ignitionMode }: { ignitionMode: string }) {
    if (ignitionMode === "STOP") state.engineState = "stopped";
    if (state.remainingUnlockedDoors > 0) {
      const open = Object.keys(state.doorStatus).filter((door) => state.doorStatus[door] === "unlocked");
      return failed(
        `All doors must be locked before starting the engine. Here are the unlocked doors: ${open.join(", ")}`,
      );
    }
    if (state.brakePedalStatus !== "pressed")
      return failed("Brake pedal needs to be pressed when starting the engine.");
    if (state._brakePedalForce !== FULL_BRAKE) return failed("Must press the brake fully before starting the engine.");
    if (state.fuelLevel < 0) return failed("Fuel tank is empty.");
    if (ignitionMode !== "START") return failed("Invalid ignition mode.");
    state.engineState = "running";
    return { engineState: "running", fuelLevel: state.fuelLevel, batteryVoltage: state.batteryVoltage };
  },
  setCruiseControl(
    state,
    { speed, activate, distanceToNextVehicle }: { speed: number; activate: boolean; distanceToNextVehicle: number },
  ) {
    if (state.engineState === "stopped") return failed("Start the engine before activating the cruise control.");
    state.distanceToNextVehicle = distanceToNextVehicle;
    if (activate && (speed < 0 || speed > 120 || speed % 5 !== 0)) return failed("Invalid speed");
    state.cruiseStatus = activate ? "active" : "inactive";
    return { cruiseStatus: state.cruiseStatus, currentSpeed: speed, distanceToNextVehicle };
  },
  get_current_speed: ({ _random }) => ({ currentSpeed: _random.uniform(0, 120) }),
  pressBrakePedal(state, { pedalPosition }: { pedalPosition: number }) {
    if (!(pedalPosition >= 0 && pedalPosition <= 1)) return failed("Pedal position must be between 0 and 1.");
    state.brakePedalStatus = pedalPosition === 0 ? "released" : "pressed";
    state._brakePedalForce = pedalPosition * FULL_BRAKE;
    return { brakePedalStatus: state.brakePedalStatus, brakePedalForce: state._brakePedalForce };
  },
  releaseBrakePedal(state) {
    state.brakePedalStatus = "released";
    state._brakePedalForce = 0;
    return { brakePedalStatus: "released", brakePedalForce: 0 };
  },
  activateParkingBrake(state, { mode }: { mode: string }) {
    if (mode !== "engage" && mode !== "release") return failed("Invalid mode");
    state.parkingBrakeStatus = `${mode}d`;
    state._parkingBrakeForce = mode === "engage" ? 500 : 0;
    state._slopeAngle = 10;
    return {
      ...(state._long && { parkingBrakeInstruction: state._long.parking_brake }),
      parkingBrakeStatus: state.parkingBrakeStatus,
      _parkingBrakeForce: state._parkingBrakeForce,
      _slopeAngle: 10,
    };
  },
};

const cabin: Functions = {
  lockDoors(state, { unlock, door }: { unlock: boolean; door: string[] }) {
    const lockStatus = unlock ? "unlocked" : "locked";
    for (const one of door) {
      if (!Object.hasOwn(state.doorStatus, one)) throw new Error(`'${one}'`);
      if (state.doorStatus[one] === lockStatus) continue;
      state.doorStatus[one] = lockStatus;
      state.remainingUnlockedDoors += unlock ? 1 : -1;
    }
    return { lockStatus, remainingUnlockedDoors: state.remainingUnlockedDoors };
  },
  adjustClimateControl(state, { temperature, unit = "celsius", fanSpeed = 50, mode = "auto" }: Climate) {
    if (!(fanSpeed >= 0 && fanSpeed <= 100)) return failed("Fan speed must be between 0 and 100.");
    state.acTemperature = unit === "fahrenheit" ? ((temperature - 32) * 5) / 9 : temperature;
    state.fanSpeed = fanSpeed;
    state.acMode = mode;
    return { currentACTemperature: temperature, climateMode: mode, humidityLevel: state.humidityLevel };
  },
  get_outside_temperature_from_google: ({ _random, _long }) => ({
    ...{ ..._long?.weather, outsideTemperature: _random.uniform(-10, 40) },
  }),
  get_outside_temperature_from_weather_com: () => ({ error: 404 }),
  setHeadlights(state, { mode }: { mode: string }) {
    if (!["on", "off", "auto"].includes(mode)) return failed("Invalid headlight mode.");
    state.headLightStatus = mode === "on" ? "on" : "off";
    return { headlightStatus: state.headLightStatus };
  },
  displayCarStatus: (state, { option }: { option: string }) => ({
    ...(state._long && { metadata: state._long.car_status }),
    ...(STATUS[option]?.(state) ?? failed("Invalid option")),
  }),
  display_log: (_, { messages }: { messages: string[] }) => ({ log: messages }),
};

interface Climate {
  temperature: number;
  unit?: string;
  fanSpeed?: number;
  mode?: string;
}

const STATUS: Readonly<Record<string, (state: Vehicle) => object>> = {
  fuel: ({ fuelLevel }) => ({ fuelLevel }),
  battery: ({ batteryVoltage }) => ({ batteryVoltage }),
  doors: ({ doorStatus }) => ({ doorStatus }),
  climate: ({ acTemperature, fanSpeed, acMode, humidityLevel }) => ({
    ...{ currentACTemperature: acTemperature, fanSpeed, climateMode: acMode, humidityLevel },
  }),
  headlights: ({ headLightStatus }) => ({ headlightStatus: headLightStatus }),
  parkingBrake: ({ parkingBrakeStatus, _parkingBrakeForce, _slopeAngle }) => ({
    ...{ parkingBrakeStatus, parkingBrakeForce: _parkingBrakeForce, slopeAngle: _slopeAngle },
  }),
  brakePedal: ({ brakePedalStatus, _brakePedalForce }) => ({ brakePedalStatus, brakePedalForce: _brakePedalForce }),
  engine: ({ engineState }) => ({ engineState }),
};

const way: Functions = {
  fillFuelTank(state, { fuelAmount }: { fuelAmount: number }) {
    if (fuelAmount < 0) return failed("Fuel amount cannot be negative.");
    if (state.fuelLevel + fuelAmount > TANK_GALLONS) return failed("Cannot fill gas above the tank capacity.");
    state.fuelLevel += fuelAmount;
    return { fuelLevel: state.fuelLevel };
  },
  estimate_drive_feasibility_by_mileage: ({ fuelLevel }, { distance }: { distance: number }) => ({
    canDrive: fuelLevel * MILES_PER_GALLON >= distance,
  }),
  liter_to_gallon: (_, { liter }: { liter: number }) => ({ gallon: liter * 0.264172 }),
  gallon_to_liter: (_, { gallon }: { gallon: number }) => ({ liter: gallon * 3.78541 }),
  estimate_distance({ _long }, { cityA, cityB }: { cityA: string; cityB: string }) {
    const distance = DISTANCES[`${cityA} ${cityB}`] ?? DISTANCES[`${cityB} ${cityA}`];
    return {
      ...(distance === undefined ? failed("distance not found in database.") : { distance }),
      ...(_long && { intermediaryCities: _long.cities }),
    };
  },
  get_zipcode_based_on_city: (_, { city }: { city: string }) => ({ zipcode: ZIP_CODES[city] ?? "00000" }),
  set_navigation(state, { destination }: { destination: string }) {
    state.destination = destination;
    return { status: `Navigating to ${destination}` };
  },
  check_tire_pressure(state) {
    const { frontLeftTirePressure, frontRightTirePressure, rearLeftTirePressure, rearRightTirePressure } = state;
    const tires = { frontLeftTirePressure, frontRightTirePressure, rearLeftTirePressure, rearRightTirePressure };
    const mean = Object.values(tires).reduce((sum, one) => sum + one, 0) / 4;
    return { ...tires, healthy_tire_pressure: mean >= 30 && mean <= 35, car_info: state._long?.car_status ?? {} };
  },
  find_nearest_tire_shop: () => ({ shopLocation: "456 Oakwood Avenue, Rivermist, 83214" }),
};

export const vehicleControlApi: Api<Vehicle> = {
  ...{ name: "VehicleControlAPI", document: "vehicle_control.json", load },
  functions: { ...driving, ...cabin, ...way },
};
