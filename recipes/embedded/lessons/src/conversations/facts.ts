import { capitals } from "../tables/capitals.js";
import { elements } from "../tables/elements.js";
import { answer, type MakeTurn } from "./turn.js";

/** Capitals, continents and chemical elements. */
export const factTurn: MakeTurn = ({ draw }) => {
  const [country, capital, continent] = draw.one(capitals);
  const [element, symbol] = draw.one(elements);
  const atomicNumber = elements.findIndex(([name]) => name === element) + 1;
  const start = element[0]!.toUpperCase() + element.slice(1);
  switch (
    draw.weighted([
      ["capital", 45],
      ["country", 12],
      ["continent", 15],
      ["symbol", 16],
      ["number", 12],
    ])
  ) {
    case "capital":
      return answer(
        draw.one([
          `What is the capital of ${country}?`,
          `What is the capital of ${country}?`,
          `What's the capital of ${country}?`,
          `Name the capital of ${country}.`,
          `Which city is the capital of ${country}?`,
          `Tell me the capital of ${country}.`,
          `capital of ${country}`,
        ]),
        `The user asks for the capital of ${country}. It is ${capital}.`,
        `The capital of ${country} is ${capital}.`,
      );
    case "country":
      return answer(
        draw.one([`${capital} is the capital of which country?`, `Which country has the capital ${capital}?`]),
        `The user asks for the country with the capital ${capital}. It is ${country}.`,
        `${capital} is the capital of ${country}.`,
      );
    case "continent":
      return answer(
        draw.one([`On which continent is ${country}?`, `Where is ${country}?`, `Which continent is ${country} on?`]),
        `The user asks where ${country} is. It is in ${continent}.`,
        `${country[0]!.toUpperCase()}${country.slice(1)} is in ${continent}.`,
      );
    case "symbol":
      return answer(
        draw.one([`What is the chemical symbol of ${element}?`, `What is the symbol for ${element}?`]),
        `The user asks for the symbol of ${element}. It is ${symbol}.`,
        `The chemical symbol of ${element} is ${symbol}.`,
      );
    default:
      return answer(
        draw.one([`What is the atomic number of ${element}?`, `Which atomic number has ${element}?`]),
        `The user asks for the atomic number of ${element}. It is ${atomicNumber}.`,
        `${start} has the atomic number ${atomicNumber}.`,
      );
  }
};
