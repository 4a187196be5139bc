import { dictionary } from "../shell/words.js";
import { Text } from "./text.js";
import "./conversation.css";

const words = dictionary(
  {
    thinking: "Thinking",
    call: "Call",
    system: "System",
    user: "User",
    assistant: "Model",
    tool: "Result",
    developer: "Developer",
  },
  {
    thinking: "思考",
    call: "调用",
    system: "系统",
    user: "用户",
    assistant: "模型",
    tool: "结果",
    developer: "开发者",
  },
);

export interface Said {
  role: string;
  content?: string | null | undefined;
  reasoning_content?: string | null | undefined;
  tool_calls?: readonly { function: { name: string; arguments: string } }[] | undefined;
}

/** Messages as people read them: who, what was thought, called and said. */
export function Conversation({ messages }: { messages: readonly Said[] }) {
  return (
    <ol class="conversation">
      {messages.map((message, i) => (
        <li key={i} class={`said ${message.role}`}>
          <Message message={message} />
        </li>
      ))}
    </ol>
  );
}

export function Message({ message }: { message: Said }) {
  const w = words();
  const { role, content, reasoning_content, tool_calls = [] } = message;
  return (
    <>
      <span class="role">{role in w ? w[role as keyof typeof w] : role}</span>
      {reasoning_content && (
        <details class="thinking" open={reasoning_content.length < 600}>
          <summary>{w.thinking}</summary>
          <Text text={reasoning_content} />
        </details>
      )}
      {content && <Text text={content} />}
      {tool_calls.map(({ function: { name, arguments: text } }, i) => (
        <div key={i} class="call">
          <span class="role">{w.call}</span> <b>{name}</b>
          <Text text={prettyArguments(text)} mono />
        </div>
      ))}
    </>
  );
}

function prettyArguments(text: string): string {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    return Object.entries(value)
      .map(([name, part]) => `${name}: ${typeof part === "string" ? part : JSON.stringify(part)}`)
      .join("\n");
  } catch {
    return text;
  }
}
