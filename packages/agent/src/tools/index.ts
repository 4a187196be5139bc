/** The registry of tools that a run's options can name. One more is its file and a line here. */

import type { Sandbox } from "@cachalot/sandbox";
import type { Corpus } from "../corpus/corpus.js";
import { bashTool } from "./bash.js";
import { calculatorTool } from "./calculator.js";
import { fileEditorTool } from "./file-editor.js";
import { pythonTool } from "./python.js";
import { searchTools } from "./search.js";
import type { Tool } from "./tool.js";

/** A name, what the tool needs to be made, and how it is. */
type ToolEntry =
  | { name: string; needs: "sandbox"; make(sandbox: Sandbox): Tool | Promise<Tool> }
  | { name: string; needs: "corpus"; make(corpus: Corpus): Tool[] }
  | { name: string; needs: "nothing"; make(): Tool };

export const TOOLS = [
  { name: "bash", needs: "sandbox", make: bashTool },
  { name: "python", needs: "sandbox", make: pythonTool },
  { name: "editor", needs: "sandbox", make: fileEditorTool },
  { name: "search", needs: "corpus", make: searchTools },
  { name: "calculator", needs: "nothing", make: () => calculatorTool },
] as const satisfies readonly ToolEntry[];

export type ToolSetName = (typeof TOOLS)[number]["name"];
export const TOOL_SET_NAMES: readonly ToolSetName[] = TOOLS.map(({ name }) => name);
