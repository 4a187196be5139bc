import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";

type Block = CallToolResult["content"][number];

/** What a model reads of a result: its text, and a note for what is not text. */
export function resultText({ content, structuredContent }: CallToolResult): string {
  const parts = content.map(blockText);
  if (parts.length === 0 && structuredContent !== undefined) return JSON.stringify(structuredContent);
  return parts.join("\n");
}

function blockText(block: Block): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "image":
    case "audio":
      return `[${block.type} ${block.mimeType}, ${bytesOf(block.data)} bytes, not shown]`;
    case "resource_link":
      return `[resource ${block.name}: ${block.uri}]`;
    case "resource":
      if ("text" in block.resource) return `[resource ${block.resource.uri}]\n${block.resource.text}`;
      return `[resource ${block.resource.uri}, ${bytesOf(block.resource.blob)} bytes, not shown]`;
  }
}

const bytesOf = (base64: string): number => Buffer.byteLength(base64, "base64");
