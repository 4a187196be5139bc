export { Draw, hashText } from "@cachalot/tensor";
export { type DataRecipe, parseDataRecipe, readDataRecipe } from "./data-recipe.js";
export type { Conversation, ConversationKind, Corpus, DataSource } from "./data-source.js";
export { type BatchRequest, type Dataset, openDataset } from "./dataset.js";
export { loadSource } from "./load-source.js";
export { type DataManifest, formatManifest } from "./manifest.js";
export { type PrepareOptions, type PrepareProgress, prepareData } from "./prepare.js";
