/** First names, as conversations use them. */
export const FIRST_NAMES: readonly string[] = [
  "Anna",
  "Ben",
  "Mia",
  "Tom",
  "Lena",
  "Paul",
  "Sara",
  "Max",
  "Nora",
  "Leo",
  "Emma",
  "Sam",
  "Julia",
  "David",
];
