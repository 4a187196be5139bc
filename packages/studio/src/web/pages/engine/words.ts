import { dictionary } from "../../shell/words.js";

export const words = dictionary(
  { title: "Engine", model: "Model", context: "Context", tokens: "tokens" },
  { title: "引擎", model: "模型", context: "上下文", tokens: "词元" },
);
