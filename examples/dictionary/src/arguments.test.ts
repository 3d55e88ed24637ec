// What the command line accepts, and what it refuses.

import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";

import { readArguments } from "./arguments.js";

for (const { argv, read } of [
  { argv: [], read: { kind: "run" } },
  { argv: ["fear of spiders"], read: { kind: "run", question: "fear of spiders" } },
  { argv: ["fear", "of", " spiders\n"], read: { kind: "run", question: "fear of spiders" } },
  { argv: ["--data", "here", "fear"], read: { kind: "run", question: "fear", folder: "here" } },
  { argv: ["fear", "--data=here"], read: { kind: "run", question: "fear", folder: "here" } },
  { argv: ["--port", "0"], read: { kind: "run", port: 0 } },
  { argv: ["--help", "fear"], read: { kind: "help" } },
] as const) {
  test(`accepted: ${JSON.stringify(argv)}`, () => deepEqual(readArguments(argv), read));
}

for (const argv of [
  [""],
  ["  ", "\t"],
  ["--dta", "x"],
  ["-x"],
  ["--data"],
  ["--data", ""],
  ["--port", "65536"],
  ["--port", "x"],
  ["x".repeat(501)],
]) {
  test(`refused: ${JSON.stringify(argv).slice(0, 40)}`, () => equal(readArguments(argv).kind, "mistake"));
}
