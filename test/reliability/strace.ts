// Attaches strace to a process that waits for its order, so that the n-th system call of a kind kills the process, fails,
// or is left out and said to have succeeded. Attached, not started under it: what the process does to load itself counts
// for nothing, and only with UV_THREADPOOL_SIZE=1 does one thread do all calls that are counted together.

import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";

/** System calls that mean the same, as strace takes them: `?` before those that not every machine has. */
export const systemCalls = {
  write: "write",
  pwrite: "pwrite64",
  writev: "writev,?pwritev,?pwritev2",
  fdatasync: "fdatasync",
  fsync: "fsync",
  rename: "?rename,?renameat,?renameat2",
  link: "?link,?linkat",
  unlink: "?unlink,?unlinkat,?rmdir",
  mkdir: "?mkdir,?mkdirat",
  open: "?open,openat",
  truncate: "ftruncate",
  map: "mmap",
  read: "read",
  pread: "pread64,?preadv",
} as const;

/** A kind of system call. */
export type CallKind = keyof typeof systemCalls;

/** What happens to a call. A `when` is the count of the call in its thread: `3` is the third, `3+` every one from then on. */
export interface Injection {
  readonly kind: CallKind;
  /** What strace takes, such as `signal=KILL`, `error=EIO` or `retval=0`. */
  readonly effect: string;
  readonly when: string;
  /** Only calls on one of these files count. */
  readonly paths?: readonly string[];
}

/** A call in the log of strace. */
export interface TracedCall {
  readonly thread: string;
  /** The call with its arguments as far as strace shows them, descriptors with their files. */
  readonly text: string;
}

/** A strace that watches one process. */
export class Strace {
  readonly #ended: Promise<void>;
  readonly #logPath: string;

  private constructor(process: ChildProcess, logPath: string) {
    this.#logPath = logPath;
    this.#ended = new Promise((resolve) => {
      process.once("close", () => resolve());
    });
  }

  /** Resolves when the process is watched: every call from now on counts. */
  static async attach(pid: number, injection: Injection, logPath: string): Promise<Strace> {
    const { kind, effect, when, paths = [] } = injection;
    const calls = systemCalls[kind];
    const process = spawn(
      "strace",
      // -y: files of descriptors are shown. Texts are cut short.
      ["-f", "-y", "-s", "8", "-o", logPath, ...paths.flatMap((path) => ["-P", path])].concat(
        ["-e", `trace=${calls}`, "-e", `inject=${calls}:${effect}:when=${when}`],
        ["-e", "signal=none", "-p", String(pid)],
      ),
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    const strace = new Strace(process, logPath);
    let said = "";
    await new Promise<void>((resolve, reject) => {
      process.stderr.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        if (/Process \d+ attached/u.test(said)) resolve();
      });
      process.once("error", reject);
      process.once("close", () => reject(new Error(`strace could not be attached: ${said}`)));
    });
    return strace;
  }

  /** Calls that were entered, in order, once the watched process has ended. Takes the log away. */
  async calls(): Promise<readonly TracedCall[]> {
    await this.#ended;
    if (!existsSync(this.#logPath)) return [];
    const log = readFileSync(this.#logPath, "utf8");
    rmSync(this.#logPath);
    return log.split("\n").flatMap((line) => {
      const [, thread, text] = /^(\d+) +([a-z0-9_]+\(.*)$/u.exec(line) ?? [];
      return thread === undefined || text === undefined ? [] : [{ thread, text }];
    });
  }
}

/** The call at which a kill planned for the n-th of a thread struck: the last of the first thread that entered n. */
export function nthCall(calls: readonly TracedCall[], n: number): TracedCall | undefined {
  // Each system call is counted alone, also where several are asked for together.
  const counts = new Map<string, number>();
  return calls.find(({ thread, text }) => {
    const key = `${thread} ${text.slice(0, text.indexOf("("))}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count === n;
  });
}

let whyNot: { readonly reason: string | undefined } | undefined;

/** Why strace cannot be used here; `undefined` where it can. It is tried once, for a third of a second. */
export function straceUnavailable(): string | undefined {
  whyNot ??= { reason: tryStrace() };
  return whyNot.reason;
}

function tryStrace(): string | undefined {
  if (process.platform !== "linux") return "strace is for Linux alone";
  if (spawnSync("strace", ["-V"]).error !== undefined) {
    return "strace is not installed (Debian: apt-get install strace)";
  }
  // A process of the shell that ends by itself.
  const attach = "sleep 1 > /dev/null 2>&1 & exec timeout -s INT 0.3 strace -o /dev/null -p $!";
  const { stderr } = spawnSync("sh", ["-c", attach], { encoding: "utf8" });
  if (/Process \d+ attached/u.test(stderr)) return undefined;
  return `strace may not attach to a process: ${stderr.trim().split("\n").at(-1) ?? ""}`;
}
