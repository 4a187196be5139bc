const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A random id in OpenAI's style: `call_` and 24 letters or digits. */
export function createToolCallId(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(24));
  return `call_${Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("")}`;
}
