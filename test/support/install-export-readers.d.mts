/** The Python that has the readers of other trainers' rollouts, or would have. */
export const readersPython: string;
