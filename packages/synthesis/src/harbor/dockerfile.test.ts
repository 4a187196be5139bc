import { expect, test } from "vitest";
import { planDockerfile } from "./dockerfile.js";

test("a Dockerfile becomes copies and commands with the directory and variables they have there", () => {
  const plan = planDockerfile(
    [
      "# syntax=docker/dockerfile:1",
      "FROM python:3.11-slim",
      "ARG VERSION=1.2",
      "ENV NAME='two words' PATH=$PATH:/opt/bin RELEASE=v$VERSION",
      "WORKDIR /app",
      "COPY --chown=1000:1000 a.txt b.txt ./data/",
      "WORKDIR src",
      "USER nobody",
      "RUN make \\",
      "  # a comment",
      "  && make check",
      'RUN ["echo", "it\'s"]',
      'CMD ["bash"]',
    ].join("\n"),
  );
  const env = { VERSION: "1.2", NAME: "two words", PATH: ":/opt/bin", RELEASE: "v1.2" };
  expect(plan).toEqual({
    image: "python:3.11-slim",
    workdir: "/app/src",
    env,
    folders: ["app"],
    steps: [
      { line: 6, type: "copy", sources: ["a.txt", "b.txt"], target: "/app/data", intoFolder: true },
      { line: 9, type: "run", command: expect.stringMatching(/^make\s+&& make check$/), workdir: "/app/src", env },
      { line: 12, type: "run", command: "'echo' 'it'\\''s'", workdir: "/app/src", env },
    ],
  });
});

test.each([
  ["WORKDIR /app", /has no FROM/],
  ["FROM node:20 AS build\nFROM debian", /line 2, FROM debian: a second stage/],
  ["FROM quay.io/org/debian", /line 1, FROM .*stands in for/],
  ["FROM debian\nADD https://example.invalid/x /app/", /line 2, ADD /],
  ["FROM debian\nCOPY --from=build /x /app/", /line 2, COPY .*--from/],
  ["FROM debian\nRUN --mount=type=cache,target=/x make", /line 2, RUN .*mounts and flags/],
  ["FROM debian\nRUN <<EOF\nmake\nEOF", /line 2, RUN .*here-document/],
  ["FROM debian\nWORKDIR /etc", /line 2, WORKDIR \/etc: \/etc cannot be written/],
  ["FROM debian\nCOPY x /app/../../etc/passwd", /line 2, COPY .*\/etc\/passwd cannot be written/],
  ['FROM debian\nENTRYPOINT ["sh"]', /line 2, ENTRYPOINT/],
])("what needs a container is refused with its line: %j", (text, message) => {
  expect(() => planDockerfile(text)).toThrow(message);
});
