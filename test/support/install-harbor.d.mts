/** The Python that has Harbor, or would have. */
export const harborPython: string;
