/** Styled text: pieces that are escaped and coloured only where they are written, by what the stream is. */

import pc from "picocolors";
import { visibleText } from "./visible-text.js";

type Style = "dim" | "bold" | "red" | "green" | "yellow" | "cyan";

/** Text for people: plain strings are not trusted, and are escaped when they are shown. */
export type Text = string | StyledText;

export class StyledText {
  constructor(
    private readonly parts: readonly Text[],
    private readonly style?: Style,
  ) {}

  /** With escape sequences for colours (`colour`) or without any. */
  render(colour: boolean): string {
    const text = this.parts.map((part) => renderText(part, colour)).join("");
    return this.style === undefined ? text : pc.createColors(colour)[this.style](text);
  }
}

export const renderText = (text: Text, colour: boolean): string =>
  typeof text === "string" ? visibleText(text) : text.render(colour);

const styled =
  (style: Style) =>
  (...parts: Text[]): StyledText =>
    new StyledText(parts, style);

export const dim = styled("dim");
export const bold = styled("bold");
export const red = styled("red");
export const green = styled("green");
export const yellow = styled("yellow");
export const cyan = styled("cyan");

/** Template text: `` text`${bold(name)} · ${title}\n` ``. What is put in is escaped unless it is styled text itself. */
export function text(strings: TemplateStringsArray, ...values: readonly (Text | number)[]): StyledText {
  return new StyledText(
    strings.flatMap((literal, i) => {
      const value = values[i];
      return value === undefined ? [literal] : [literal, typeof value === "number" ? `${value}` : value];
    }),
  );
}
