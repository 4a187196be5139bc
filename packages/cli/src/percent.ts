export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
export const range = ([low, high]: readonly [number, number]): string =>
  `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)}`;
