import type { Material } from "./index.js";

/** Small material for tests. */
export const testMaterial: Material = {
  tools: [{ type: "function", function: { name: "calculator", parameters: { type: "object", properties: {} } } }],
  definitions: [
    { word: "brave", definition: "possessing or displaying courage", count: 3 },
    { word: "stare", definition: "look at with fixed eyes", count: 2 },
  ],
};
