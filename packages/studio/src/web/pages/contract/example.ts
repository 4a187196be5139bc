/** A request with what the page has to show: tools, thinking of an earlier turn and of this one, and a slip. */
export const EXAMPLE = JSON.stringify(
  {
    messages: [
      { role: "user", content: "How deep does a sperm whale dive?" },
      { role: "assistant", reasoning_content: "A fact, from memory.", content: "About 2000 metres." },
      { role: "user", content: "And how long is that at 1.5 m/s?" },
      {
        role: "assistant",
        reasoning_content: "2000 / 1.5; the calculator knows.",
        content: "",
        tool_calls: [
          {
            id: "call-1",
            type: "function",
            function: { name: "calculator", arguments: '{"expression": "2000 / 1.5"}' },
          },
        ],
      },
      { role: "tool", tool_call_id: "call-1", content: "1333.3333333333" },
      {
        role: "assistant",
        content: "",
        tool_calls: [
          {
            id: "call-2",
            type: "function",
            function: { name: "calculator", arguments: '{"expression": "1333.33 / 60"}' },
          },
        ],
      },
      { role: "tool", tool_call_id: "call-2", content: "22.2221666667" },
    ],
    tools: [
      {
        type: "function",
        function: {
          name: "calculator",
          description: "Evaluates an arithmetic expression and returns the result.",
          parameters: {
            type: "object",
            properties: { expression: { type: "string", description: "The expression" } },
            required: ["expression"],
          },
        },
      },
    ],
  },
  null,
  2,
);
