import * as z from "zod";

/** A piece of content. Kinds of later protocol versions are read as well, as far as a note on them goes. */
const block = z.looseObject({ type: z.string() });
type Block = z.output<typeof block>;

/** A tool's result, as loosely as servers have it. */
export const callResult = z.looseObject({
  content: z.array(block).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
});
export type CallResult = z.output<typeof callResult>;

/** What a model reads of a result: its text, and a note for what is not text. */
export function resultText({ content, structuredContent }: CallResult): string {
  const parts = content.map(blockText);
  if (parts.length === 0 && structuredContent !== undefined) return JSON.stringify(structuredContent);
  return parts.join("\n");
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

function blockText(block: Block): string {
  switch (block.type) {
    case "text":
      return text(block.text);
    case "resource_link":
      return `[resource ${text(block.name)}: ${text(block.uri)}]`;
    case "resource": {
      const resource = (block.resource ?? {}) as Record<string, unknown>;
      const uri = text(resource.uri);
      if (typeof resource.text === "string") return `[resource ${uri}]\n${resource.text}`;
      return `[resource ${uri}, ${bytesOf(resource.blob)} bytes, not shown]`;
    }
    default:
      return `[${[block.type, text(block.mimeType)].filter(Boolean).join(" ")}, ${bytesOf(block.data)} bytes, not shown]`;
  }
}

const bytesOf = (base64: unknown): number => Buffer.byteLength(text(base64), "base64");
