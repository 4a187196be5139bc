/** Words of the generated search world: names, relations, keepsakes, and talk that says nothing. */

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const FIRST = words("Ada Bo Cleo Dag Elin Finn Greta Hal Ida Jon Kaja Leif Mona Nils Odd Pia");
export const LAST = words("Berg Dahl Ek Falk Grip Holm Krok Lind Moe Ness Palm Quist Rask Sund Toft Vik");
export const RELATIONS = words("mentor captain rival doctor landlord translator cook patron");
export const KEEPSAKES = words(
  "compass lantern sextant whistle ledger anchor barometer accordion telescope harpoon bell mirror chessboard violin map hourglass",
);
export const TALK: readonly string[] = [
  "arrived with the morning boat and stayed for the winter",
  "kept a list of every storm and read from it at dinner",
  "was said to know the coast better than the charts did",
  "wrote letters that nobody at the harbour could read",
  "sold the boat twice and bought it back both times",
  "never spoke of the year on the ice",
];
