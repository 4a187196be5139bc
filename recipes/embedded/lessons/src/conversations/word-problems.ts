import type { Draw } from "@cachalot/training";
import { FIRST_NAMES } from "../tables/first-names.js";
import { combine, type Expression, number } from "./expression.js";
import { drawNumber, type Problem } from "./problems.js";

const THINGS = [
  "apples",
  "books",
  "pens",
  "stamps",
  "cards",
  "coins",
  "shells",
  "eggs",
  "marbles",
  "tickets",
  "cookies",
];
const BOXES = ["boxes", "bags", "baskets", "crates", "shelves"];
const GOODS = ["pen", "book", "lamp", "shirt", "ticket", "cup", "chair", "bottle"];

const count = (draw: Draw): Expression => number(draw.integer(2, draw.one([20, 99, 999])));
const price = (draw: Draw): Expression =>
  number(draw.chance(0.4) ? draw.integer(2, 99) + draw.one([0.25, 0.5, 0.75, 0.95, 0.99]) : draw.integer(2, 250));

type Template = (draw: Draw) => Problem;

const collect: Template = (draw) => {
  const [name, things, a, b] = [draw.one(FIRST_NAMES), draw.one(THINGS), count(draw), count(draw)];
  return {
    question: `${name} has ${a.text} ${things} and gets ${b.text} more. How many ${things} does ${name} have now?`,
    expression: combine(a, "+", b),
    answer: (result) => `${name} has ${result} ${things} now.`,
  };
};

const giveAway: Template = (draw) => {
  const [name, things, b, left] = [draw.one(FIRST_NAMES), draw.one(THINGS), count(draw), count(draw)];
  const a = number(b.value + left.value);
  return {
    question: `${name} has ${a.text} ${things} and gives away ${b.text}. How many ${things} are left?`,
    expression: combine(a, "-", b),
    answer: (result) => `There are ${result} ${things} left.`,
  };
};

const boxes: Template = (draw) => {
  const [things, kind, a, b] = [draw.one(THINGS), draw.one(BOXES), count(draw), count(draw)];
  return {
    question: `There are ${a.text} ${kind} with ${b.text} ${things} each. How many ${things} are there in total?`,
    expression: combine(a, "*", b),
    answer: (result) => `There are ${result} ${things} in total.`,
  };
};

const share: Template = (draw) => {
  const [things, people, each] = [draw.one(THINGS), number(draw.integer(2, 30)), count(draw)];
  const total = number(people.value * each.value);
  return {
    question: `${people.text} friends share ${total.text} ${things} equally. How many ${things} does each friend get?`,
    expression: combine(total, "/", people),
    answer: (result) => `Each friend gets ${result} ${things}.`,
  };
};

const cost: Template = (draw) => {
  const [name, good, n, p] = [draw.one(FIRST_NAMES), draw.one(GOODS), count(draw), price(draw)];
  return {
    question: `A ${good} costs ${p.text} dollars. ${name} buys ${n.text} of them. How much does ${name} pay?`,
    expression: combine(n, "*", p),
    answer: (result) => `${name} pays ${result} dollars.`,
  };
};

const change: Template = (draw) => {
  const [name, good, p] = [draw.one(FIRST_NAMES), draw.one(GOODS), price(draw)];
  const paid = number(Math.ceil(p.value / 50) * 50);
  return {
    question: `A ${good} costs ${p.text} dollars. ${name} pays with ${paid.text} dollars. How much change does ${name} get?`,
    expression: combine(paid, "-", p),
    answer: (result) => `${name} gets ${result} dollars back.`,
  };
};

const shopping: Template = (draw) => {
  const [name, good, n, p, extra] = [draw.one(FIRST_NAMES), draw.one(GOODS), count(draw), price(draw), price(draw)];
  return {
    question: `${name} buys ${n.text} ${good}s for ${p.text} dollars each and a bag for ${extra.text} dollars. How much is it in total?`,
    expression: combine(combine(n, "*", p), "+", extra),
    answer: (result) => `It is ${result} dollars in total.`,
  };
};

const distance: Template = (draw) => {
  const [speed, hours, vehicle] = [
    number(draw.integer(4, 320)),
    number(draw.integer(2, 24)),
    draw.one(["train", "car", "ship", "bus"]),
  ];
  return {
    question: `A ${vehicle} goes ${speed.text} km per hour. How far does it go in ${hours.text} hours?`,
    expression: combine(speed, "*", hours),
    answer: (result) => `It goes ${result} km.`,
  };
};

const speed: Template = (draw) => {
  const [rate, hours, vehicle] = [
    number(draw.integer(4, 320)),
    number(draw.integer(2, 24)),
    draw.one(["train", "car", "ship", "bus"]),
  ];
  const total = number(rate.value * hours.value);
  return {
    question: `A ${vehicle} goes ${total.text} km in ${hours.text} hours. How fast is it?`,
    expression: combine(total, "/", hours),
    answer: (result) => `It goes ${result} km per hour.`,
  };
};

const older: Template = (draw) => {
  const [name, a, b] = [
    draw.one(["Anna", "Mia", "Lena", "Sara", "Nora"]),
    number(draw.integer(3, 80)),
    number(draw.integer(2, 40)),
  ];
  return {
    question: `${name} is ${a.text} years old. Her brother is ${b.text} years older. How old is he?`,
    expression: combine(a, "+", b),
    answer: (result) => `He is ${result} years old.`,
  };
};

const born: Template = (draw) => {
  const [name, year, later] = [draw.one(FIRST_NAMES), number(draw.integer(1900, 2015)), draw.integer(3, 90)];
  const now = number(year.value + later);
  return {
    question: `${name} was born in ${year.text}. How old is ${name} in ${now.text}?`,
    expression: combine(now, "-", year),
    answer: (result) => `${name} is ${result} years old in ${now.text}.`,
  };
};

const garden: Template = (draw) => {
  const [a, b, place] = [drawNumber(draw, 0.2), drawNumber(draw, 0), draw.one(["garden", "room", "field", "yard"])];
  return {
    question: `A ${place} is ${a.text} meters long and ${b.text} meters wide. What is its area?`,
    expression: combine(a, "*", b),
    answer: (result) => `Its area is ${result} square meters.`,
  };
};

const TEMPLATES = [collect, giveAway, boxes, share, cost, change, shopping, distance, speed, older, born, garden];

/** A short story with two or three numbers. */
export function wordProblem(draw: Draw): Problem {
  return draw.one(TEMPLATES)(draw);
}
