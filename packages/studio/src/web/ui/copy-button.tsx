import { useState } from "preact/hooks";
import { dictionary } from "../shell/words.js";
import { Icon } from "./icon.js";
import { icons } from "./icons.js";

const words = dictionary({ copy: "Copy", copied: "Copied" }, { copy: "复制", copied: "已复制" });

export function CopyButton({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  const w = words();
  const copy = async () => {
    await navigator.clipboard?.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <button type="button" class="ghost" title={copied ? w.copied : w.copy} onClick={copy}>
      {copied ? "✓" : <Icon shapes={icons.copy} />}
      <span class="unseen">{copied ? w.copied : w.copy}</span>
    </button>
  );
}
