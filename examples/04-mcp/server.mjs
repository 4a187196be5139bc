// An MCP server of one tool, over stdin and stdout.
import { calculate, calculatorDefinition } from "@cachalot/agent";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import * as z from "zod";

const { name, description, parameters } = calculatorDefinition.function;
const server = new McpServer({ name, version: "1.0.0" });
server.registerTool(
  name,
  {
    description,
    inputSchema: { expression: z.string().describe(parameters.properties.expression.description) },
    annotations: { readOnlyHint: true },
  },
  ({ expression }) => ({ content: [{ type: "text", text: calculate(expression) }] }),
);
await server.connect(new StdioServerTransport());
