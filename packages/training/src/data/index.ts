export { type CalculatorProblem, calculatorProblems } from "./conversations/calculator-problems.js";
export type { Conversation } from "./conversations/conversation.js";
export { CONVERSATION_KINDS, type ConversationKind, makeConversation } from "./conversations/index.js";
export { type DataRecipe, parseDataRecipe, readDataRecipe } from "./data-recipe.js";
export { type BatchRequest, type Dataset, openDataset } from "./dataset.js";
export { type DataManifest, formatManifest } from "./manifest.js";
export { type PrepareOptions, type PrepareProgress, prepareData } from "./prepare.js";
