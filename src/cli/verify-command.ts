// `omendb verify`: reads every file of a database that no program has open.

import { verifyFolder } from "../index.js";
import type { CliCommand, CommandCall, CommandOutcome } from "./command.js";
import { problemLines, stepOf } from "./verify-text.js";

export const verifyCommand: CliCommand = {
  name: "verify",
  summary: "Reads every record of a database and tells what is damaged; changes nothing.",
  arguments: [{ name: "folder", summary: "the database" }],
  options: [],
  run: verify,
};

async function verify(call: CommandCall): Promise<CommandOutcome> {
  const check = await verifyFolder(call.argument("folder"), {
    onProgress: (progress) => call.progress(stepOf(progress)),
  });
  const collections = check.collections.map(
    ({ name, store }) => `  ${name}: ${store.points} points, up to operation ${store.sequence}`,
  );
  const verdict = check.isSound ? "is sound." : "is damaged. `omendb repair` mends what can be mended.";
  const text = [
    `The database in ${check.path} ${verdict}`,
    ...(collections.length === 0 ? ["  no collections"] : collections),
    ...problemLines(check.problems),
    ...check.unchecked.map((part) => `not looked at: ${part}`),
  ].join("\n");
  return { json: check, text, hasProblems: !check.isSound };
}
