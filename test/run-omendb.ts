// Runs the built command line as a process of its own, as `npx omendb` does.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The program behind `npx omendb`. */
export const omendbProgram = fileURLToPath(new URL("./cli.js", import.meta.resolve("omendb")));

/** What a command printed, and how it ended. */
export interface EndedCommand {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. */
export async function runOmendb(...words: string[]): Promise<EndedCommand> {
  const child = spawn(process.execPath, [omendbProgram, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  const printed = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (printed.stderr += text));
  const [exitCode] = (await once(child, "close")) as [number];
  return { exitCode, ...printed };
}
