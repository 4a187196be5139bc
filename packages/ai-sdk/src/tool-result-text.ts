import type { LanguageModelV3ToolResultPart } from "@ai-sdk/provider";

type Output = LanguageModelV3ToolResultPart["output"];
type ContentPart = (Output & { type: "content" })["value"][number];

/** What the model reads of a tool's result: text as it is, JSON, and a note for what is not text. Errors say so. */
export function toolResultText(output: Output): string {
  switch (output.type) {
    case "text":
      return output.value;
    case "json":
      return JSON.stringify(output.value);
    case "error-text":
      return `Error: ${output.value}`;
    case "error-json":
      return `Error: ${JSON.stringify(output.value)}`;
    case "execution-denied":
      return `Error: the call was denied${output.reason === undefined ? "" : `: ${output.reason}`}`;
    case "content":
      return output.value.map(contentText).join("\n");
  }
}

function contentText(part: ContentPart): string {
  switch (part.type) {
    case "text":
      return part.text;
    case "file-data":
      return `[file${part.filename === undefined ? "" : ` ${part.filename}`}, ${part.mediaType}, not shown]`;
    case "image-data":
      return `[image, ${part.mediaType}, not shown]`;
    case "file-url":
    case "image-url":
      return `[${part.url}, not shown]`;
    case "file-id":
    case "image-file-id":
    case "custom":
      return `[${part.type}, not shown]`;
  }
}
