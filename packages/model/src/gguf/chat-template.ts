import * as z from "zod";
import { readJson } from "../json/read-json.js";
import { hasFile, openIfThere, sourceOf } from "../source/open.js";

/**
 * The chat template (Jinja) of DeepSeek-V3.2 conversations of text, for programs that know no better: the authors publish none, only code. Reasoning is
 * on unless `thinking` or `enable_thinking` is false. Tools need an encoder of their own (`@cachalot/chat`): given some, it refuses.
 */
const V32_TEMPLATE = `{%- if tools -%}{{- raise_exception('This template renders text only; encode tools with cachalot.') -}}{%- endif -%}
{%- set state = namespace(last=-1, think=true) -%}
{%- if thinking is defined -%}{%- set state.think = thinking -%}{%- elif enable_thinking is defined -%}{%- set state.think = enable_thinking -%}{%- endif -%}
{%- for message in messages -%}{%- if message['role'] == 'user' -%}{%- set state.last = loop.index0 -%}{%- endif -%}{%- endfor -%}
{{- '<｜begin▁of▁sentence｜>' -}}
{%- for message in messages -%}
{%- if message['role'] == 'system' -%}{{- message['content'] -}}
{%- elif message['role'] == 'user' -%}
{{- '<｜User｜>' + message['content'] + '<｜Assistant｜>' -}}
{%- if state.think and loop.index0 == state.last -%}{{- '<think>' -}}{%- else -%}{{- '</think>' -}}{%- endif -%}
{%- elif message['role'] == 'assistant' -%}
{%- if state.think and loop.index0 > state.last -%}{{- (message['reasoning_content'] or '') + '</think>' -}}{%- endif -%}
{{- (message['content'] or '') + '<｜end▁of▁sentence｜>' -}}
{%- else -%}{{- raise_exception('This template knows system, user and assistant messages.') -}}
{%- endif -%}
{%- endfor -%}`;

const named = z.array(z.object({ name: z.string(), template: z.string() }));
const schema = z.looseObject({ chat_template: z.union([z.string(), named]).nullish() });

/**
 * The chat template that a checkpoint directory brings (chat_template.jinja, or a field of tokenizer_config.json), or DeepSeek-V3.2's.
 * @throws ModelError `invalid_tokenizer`.
 */
export async function chatTemplate(dir: string): Promise<string> {
  const source = sourceOf(dir);
  const file = await openIfThere(source, "chat_template.jinja");
  if (file) {
    const text = new TextDecoder().decode(await file.read(0, file.size));
    await file.close();
    return text;
  }
  if (!(await hasFile(source, "tokenizer_config.json"))) return V32_TEMPLATE;
  const { json } = await readJson(source, "tokenizer_config.json", "invalid_tokenizer");
  const parsed = schema.safeParse(json);
  const own = parsed.data?.chat_template;
  if (typeof own === "string") return own;
  return own?.find(({ name }) => name === "default")?.template ?? own?.[0]?.template ?? V32_TEMPLATE;
}
