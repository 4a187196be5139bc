/** The Python that has the readers of other trainers' rollouts and verifiers, or would have. */
export const readersPython: string;
/** The Python that has OpenEnv's client, or would have. */
export const openenvPython: string;
