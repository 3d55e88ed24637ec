// The command line with made-up commands: what is printed where, and which exit code each end has.

import assert from "node:assert/strict";
import { test } from "node:test";
import { OmenError, type OmenErrorKind } from "../base/omen-error.js";
import type { CliCommand } from "./command.js";
import { runCommandLine } from "./command-line.js";

/** Ends as its argument says, after some progress. */
const ending: CliCommand = {
  name: "end",
  summary: "Ends in some way.",
  arguments: [{ name: "how", summary: "in which way" }],
  options: [
    { name: "note", value: "text", summary: "a text" },
    { name: "loud", summary: "louder" },
    { name: "two-words", value: "text", summary: "a text" },
  ],
  run: async (call) => {
    call.progress({ label: "ending", done: 1, total: 2 });
    const how = call.argument("how");
    if (how === "fault") throw new TypeError("made up");
    if (!["done", "problems"].includes(how)) {
      // The table below lists kinds only.
      throw new OmenError(how as OmenErrorKind, "made_up", "It failed. Do this.");
    }
    const json = { how, note: call.option("note"), loud: call.has("loud"), two: call.option("two-words") };
    return { json, text: `ended: ${how}`, hasProblems: how === "problems" };
  },
};

interface Printed {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(words: readonly string[], screen: "terminal" | "pipe" = "pipe"): Promise<Printed> {
  const printed = { stdout: "", stderr: "" };
  const exitCode = await runCommandLine(words, {
    commands: [ending],
    stdout: { write: (text) => void (printed.stdout += text) },
    stderr: { write: (text) => void (printed.stderr += text), isTTY: screen === "terminal" },
  });
  return { exitCode, ...printed };
}

test("text goes to standard output, and nothing beside it", async () => {
  assert.deepEqual(await run(["end", "done"]), { exitCode: 0, stdout: "ended: done\n", stderr: "" });
  assert.deepEqual(await run(["end", "problems"]), { exitCode: 1, stdout: "ended: problems\n", stderr: "" });
});

test("with --json one object is printed, with the options as given", async () => {
  const { exitCode, stdout, stderr } = await run([
    "end",
    "problems",
    "--note",
    "a b",
    "--loud",
    "--two-words",
    "c",
    "--json",
  ]);
  assert.deepEqual(JSON.parse(stdout), { how: "problems", note: "a b", loud: true, two: "c" });
  assert.deepEqual({ exitCode, stderr }, { exitCode: 1, stderr: "" });
  assert.deepEqual(JSON.parse((await run(["end", "--json", "done"])).stdout), { how: "done", loud: false });
});

test("each kind of error has its exit code, and is told on standard error", async () => {
  const codes = {
    invalid: 2,
    not_found: 3,
    conflict: 4,
    unavailable: 5,
    corrupt: 6,
    unsupported: 7,
    closed: 8,
  };
  for (const [kind, exitCode] of Object.entries(codes)) {
    assert.deepEqual(await run(["end", kind]), {
      exitCode,
      stdout: "",
      stderr: "omendb: It failed. Do this.\n",
    });
    const { stdout, stderr } = await run(["end", kind, "--json"]);
    assert.equal(stdout, "");
    assert.deepEqual(JSON.parse(stderr), {
      error: { kind, code: "made_up", message: "It failed. Do this." },
    });
  }
});

test("a fault of ours is told as one", async () => {
  const { exitCode, stdout, stderr } = await run(["end", "fault"]);
  assert.deepEqual({ exitCode, stdout }, { exitCode: 70, stdout: "" });
  assert.match(stderr, /^omendb: .*report[\s\S]*TypeError: made up/);
  assert.match((await run(["end", "fault", "--json"])).stderr, /"kind":"fault"/);
});

test("wrong usage has exit code 2 and says where help is", async () => {
  const wrong = [
    [],
    ["ende"],
    ["end"],
    ["end", "a", "b"],
    ["end", "done", "--quiet"],
    ["end", "done", "--note"],
    ["--nope"],
  ];
  for (const words of wrong) {
    const { exitCode, stdout, stderr } = await run(words);
    assert.deepEqual({ exitCode, stdout }, { exitCode: 2, stdout: "" }, words.join(" "));
    assert.match(stderr, /^omendb: [^\n]*--help\.\n$/, words.join(" "));
  }
  assert.match((await run(["ende"])).stderr, /'ende'/);
  const { error } = JSON.parse((await run(["end", "--json"])).stderr) as { error: Record<string, string> };
  assert.deepEqual([error["kind"], error["code"]], ["invalid", "usage"]);
});

test("help and version go to standard output", async () => {
  const help = await run(["--help"]);
  assert.match(help.stdout, /end \[options\] <how>/);
  assert.deepEqual([help.exitCode, help.stderr], [0, ""]);
  assert.match((await run(["end", "--help"])).stdout, /--json[\s\S]*one JSON object/);
  assert.match((await run(["--version"])).stdout, /^\d+\.\d+\.\d+\S*\n$/);
});

test("a path that begins with dashes comes behind --", async () => {
  assert.equal((await run(["end", "--", "--json"])).stderr, "omendb: It failed. Do this.\n");
});

test("progress is drawn on a terminal alone, and taken away", async () => {
  const { stderr } = await run(["end", "done"], "terminal");
  const clear = "\r\u001b[K";
  assert.equal(stderr, `${clear}[${"#".repeat(15)}${" ".repeat(15)}]  50 % ending${clear}`);
});
