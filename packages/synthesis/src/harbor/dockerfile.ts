/** Dockerfile as a plan that can be honoured without a container: FROM, COPY, WORKDIR, ENV, USER and RUN over this machine's /usr. */

import { isFolderName } from "@cachalot/sandbox";
import {
  DockerfileParser,
  type Instruction,
  type ModifiableInstruction,
  type PropertyInstruction,
} from "dockerfile-ast";
import { SynthesisError } from "../errors.js";
import { shellQuoted } from "../shell-quote.js";

export type BuildStep =
  | { line: number; type: "copy"; sources: string[]; target: string; intoFolder: boolean }
  | { line: number; type: "run"; command: string; workdir: string; env: Record<string, string> };

export interface BuildPlan {
  /** As it is written after FROM. */
  image: string;
  steps: BuildStep[];
  /** Absolute. */
  workdir: string;
  env: Record<string, string>;
  /** Names in / that the environment uses. */
  folders: string[];
}

/** Images by their last name, and the program this machine must have to stand in for one. */
const IMAGES: Readonly<Record<string, string | undefined>> = {
  ...{ scratch: undefined, debian: undefined, ubuntu: undefined, alpine: undefined, busybox: undefined },
  ...{ "buildpack-deps": "gcc", python: "python3", node: "node", golang: "go", gcc: "g++", rust: "cargo", php: "php" },
  ...{ openjdk: "javac", "eclipse-temurin": "javac" },
};

/** What a container's start-up does, or a registry shows: nothing of it is in the files. */
const WITHOUT_EFFECT = new Set(["CMD", "LABEL", "EXPOSE", "USER", "MAINTAINER", "STOPSIGNAL", "HEALTHCHECK"]);

export const DEFAULT_WORKDIR = "/app";

/** @throws SynthesisError `unsupported` with the line that cannot be honoured here */
export function planDockerfile(text: string): BuildPlan {
  const parsed = DockerfileParser.parse(text);
  const plan: BuildPlan = { image: "", steps: [], workdir: DEFAULT_WORKDIR, env: {}, folders: [] };
  const folders = new Set<string>();
  const use = (path: string) => folders.add(path.split("/")[1]!);
  for (const instruction of parsed.getInstructions()) {
    const line = instruction.getRange().start.line + 1;
    const keyword = instruction.getKeyword();
    const words = (): string[] => instruction.getExpandedArguments().map((argument) => unquoted(argument.getValue()));
    const refuse = (why: string): never => refuseLine(line, `${keyword} ${words().join(" ")}`.slice(0, 200), why);
    const absolute = (path: string) => absolutePath(path, plan.workdir, refuse);
    if (WITHOUT_EFFECT.has(keyword)) continue;
    switch (keyword) {
      case "FROM":
        if (plan.image !== "") refuse("a second stage needs a container");
        plan.image = words()[0] ?? "";
        checkImage(plan.image, refuse);
        break;
      case "ARG":
        for (const [name, value] of assignments(instruction, plan.env)) plan.env[name] ??= value;
        break;
      case "ENV":
        for (const [name, value] of assignments(instruction, plan.env)) plan.env[name] = value;
        break;
      case "WORKDIR":
        plan.workdir = absolute(words()[0] ?? "");
        use(plan.workdir);
        break;
      case "COPY": {
        const [sources, given] = copied(instruction, words(), refuse);
        const target = absolute(given);
        const intoFolder = given.endsWith("/") || given === "." || sources.length > 1;
        plan.steps.push({ ...{ line, type: "copy", sources, target, intoFolder } });
        use(target);
        break;
      }
      case "RUN": {
        const command = runCommand(instruction, refuse);
        plan.steps.push({ ...{ line, type: "run", command, workdir: plan.workdir, env: { ...plan.env } } });
        break;
      }
      default:
        refuse("only FROM, COPY, WORKDIR, ENV, ARG, USER and RUN can be honoured without a container");
    }
  }
  if (plan.image === "") throw new SynthesisError("unsupported", "the Dockerfile has no FROM; begin it with one");
  use(plan.workdir);
  return { ...plan, folders: [...folders].sort() };
}

function refuseLine(line: number, text: string, why: string): never {
  throw new SynthesisError(
    "unsupported",
    `Dockerfile line ${line}, ${text}: ${why}; use Harbor with a container for this task`,
  );
}

const unquoted = (word: string): string => word.replace(/^"(.*)"$/s, "$1").replace(/^'(.*)'$/s, "$1");

/** The program that must be there in place of an image. */
export function programOf(image: string): string | undefined {
  return IMAGES[imageName(image)];
}

const imageName = (image: string) => image.split("@")[0]!.split("/").at(-1)!.split(":")[0]!;

function checkImage(image: string, refuse: (why: string) => never): void {
  const path = image.split("@")[0]!.split("/").slice(0, -1).join("/");
  const official = /^(docker\.io\/)?(library)?$/.test(path === "" ? "" : `${path}`.replace(/^docker\.io$/, ""));
  if (!official || !Object.hasOwn(IMAGES, imageName(image)))
    refuse(`this machine's /usr stands in for ${Object.keys(IMAGES).join(", ")} only`);
}

function assignments(instruction: Instruction, env: Readonly<Record<string, string>>): [string, string][] {
  const properties = (instruction as PropertyInstruction).getProperties?.() ?? [];
  const expanded = (value: string) =>
    value.replace(/\$(?:(\w+)|\{(\w+)\})/g, (_, plain: string, braced: string) => env[plain ?? braced] ?? "");
  return properties.map((property) => [property.getName(), expanded(property.getValue() ?? "")]);
}

/** In a folder of its own below /; links make it a folder of the workspace. */
function absolutePath(path: string, workdir: string, refuse: (why: string) => never): string {
  const names: string[] = [];
  for (const name of (path.startsWith("/") ? path : `${workdir}/${path}`).split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  const [first] = names;
  if (first === undefined || !isFolderName(first)) refuse(`/${names.join("/")} cannot be written without a container`);
  return `/${names.join("/")}`;
}

const flagsOf = (instruction: Instruction): string[] =>
  ((instruction as ModifiableInstruction).getFlags?.() ?? []).map((flag) => `--${flag.getName()}`);

function copied(
  instruction: Instruction,
  words: readonly string[],
  refuse: (why: string) => never,
): [string[], string] {
  const raw = instruction.getRawArgumentsContent() ?? "";
  const strange = flagsOf(instruction).find((flag) => !["--chown", "--chmod", "--link"].includes(flag));
  if (strange) refuse(`${strange} needs a container`);
  if (raw.includes("<<")) refuse("a here-document cannot be honoured");
  const paths = raw.trim().startsWith("[")
    ? (JSON.parse(raw) as string[])
    : words.filter((word) => !word.startsWith("--"));
  const target = paths.at(-1);
  if (paths.length < 2 || target === undefined) refuse("it needs a source and a target");
  return [paths.slice(0, -1), target!];
}

function runCommand(instruction: Instruction, refuse: (why: string) => never): string {
  const raw = instruction.getRawArgumentsContent() ?? "";
  if (flagsOf(instruction).length > 0) refuse("mounts and flags need a container");
  if (/<<\s*-?['"]?[A-Za-z]/.test(raw)) refuse("a here-document cannot be honoured");
  if (raw.trim().startsWith("[")) {
    const argv = JSON.parse(raw) as string[];
    return argv.map(shellQuoted).join(" ");
  }
  return raw
    .replace(/^[ \t]*#.*\r?\n/gm, "")
    .replace(/\\\r?\n/g, " ")
    .trim();
}
