const MARK = "\u0000float ";

/**
 * JSON in which the numbers of some fields are written as floating-point numbers also where they are whole: readers with types (transformers
 * from version 5 on) refuse `1` where they want `1.0`. Two spaces of indentation, a newline at the end.
 */
export function stringifyWithFloats(value: unknown, fields: ReadonlySet<string>): string {
  const marked = (key: string, field: unknown): unknown =>
    typeof field === "number" && Number.isInteger(field) && fields.has(key) && !String(field).includes("e")
      ? `${MARK}${field}.0`
      : field;
  const mark = JSON.stringify(MARK).slice(1, -1).replaceAll("\\", "\\\\");
  return `${JSON.stringify(value, marked, 2).replaceAll(new RegExp(`"${mark}([^"]*)"`, "g"), "$1")}\n`;
}
