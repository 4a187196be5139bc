import type { ConversationSources } from "../data/conversations/index.js";

/** Small sources for tests. */
export const testSources: ConversationSources = {
  tools: [{ type: "function", function: { name: "calculator", parameters: { type: "object", properties: {} } } }],
  definitions: [
    { word: "brave", definition: "possessing or displaying courage", count: 3 },
    { word: "stare", definition: "look at with fixed eyes", count: 2 },
  ],
};
