/** The Python that has transformers, or would have. */
export const transformersPython: string;
