// A PostgreSQL server of its own for one benchmark: a fresh cluster in the folder of the contender, reached through a
// socket there, and ended with the process that started it.

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** HNSW came with this version of the extension. */
const extensionMinimum = [0, 5] as const;
const readyWithinMs = 30_000;

/** Programs of a PostgreSQL that has the extension. */
export interface PostgresPrograms {
  readonly binFolder: string;
  readonly extensionVersion: string;
}

/**
 * Looks for a PostgreSQL with pgvector 0.5 or later: in `binFolder` if it is named, otherwise in PATH and where Debian
 * keeps server programs. Throws, naming where it looked, if there is none.
 */
export function findPostgres(binFolder: string): PostgresPrograms {
  const folders = binFolder === "" ? usualFolders() : [binFolder];
  const programs = folders.map((folder) => join(folder, "initdb")).filter((path) => existsSync(path));
  const reasons: string[] = [];
  // Names in PATH are often links to where the programs are.
  for (const folder of new Set(programs.map((path) => dirname(realpathSync(path))))) {
    if (!existsSync(join(folder, "pg_config"))) {
      reasons.push(`the one in ${folder} has no pg_config, which tells where its extensions are`);
      continue;
    }
    const version = extensionVersionOf(folder);
    if (version === undefined) reasons.push(`the one in ${folder} has no extension "vector"`);
    else if (isOlder(version)) reasons.push(`the one in ${folder} has pgvector ${version}, without HNSW`);
    else return { binFolder: folder, extensionVersion: version };
  }
  const found = reasons.length > 0 ? reasons.join(", ") : `no PostgreSQL in ${folders.join(", ")}`;
  throw new Error(`There is no PostgreSQL with pgvector ${extensionMinimum.join(".")} or later: ${found}.`);
}

function usualFolders(): string[] {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort().reverse() : [];
  return [
    ...versions.map((version) => join(debian, version, "bin")),
    ...(process.env["PATH"] ?? "").split(delimiter),
  ];
}

function extensionVersionOf(folder: string): string | undefined {
  const shared = execFileSync(join(folder, "pg_config"), ["--sharedir"], { encoding: "utf8" }).trim();
  const control = join(shared, "extension", "vector.control");
  if (!existsSync(control)) return undefined;
  return /default_version\s*=\s*'([^']+)'/.exec(readFileSync(control, "utf8"))?.[1];
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major === extensionMinimum[0] && minor < extensionMinimum[1];
}

/** Settings of the server that a benchmark chooses, as its command line takes them. */
export const serverSettings: Readonly<Record<string, string>> = {
  listen_addresses: "",
  // A quarter of the memory, as its documentation begins with; pages are taken when they are touched.
  shared_buffers: `${Math.floor(totalmem() / 4 / 2 ** 20)}MB`,
  maintenance_work_mem: "2GB",
  // The leader works too.
  max_parallel_maintenance_workers: String(Math.max(0, availableParallelism() - 1)),
  max_wal_size: "4GB",
  // The table is vacuumed and analysed once, after it was filled.
  autovacuum: "off",
  // Counted as shared memory, which pages of the huge kind are not.
  huge_pages: "off",
};

/** A running server. */
export class PostgresServer {
  readonly #server: ChildProcess;
  readonly #kill = (): void => {
    this.#server.kill("SIGQUIT");
  };

  private constructor(server: ChildProcess) {
    this.#server = server;
    process.on("exit", this.#kill);
  }

  /** Makes a cluster in `folder`. As root it is given to the user postgres, as whom the server then runs. */
  static makeCluster({ binFolder }: PostgresPrograms, folder: string): void {
    const { user } = serverUser();
    mkdirSync(folder);
    if (user !== undefined) chownSync(folder, user.uid, user.gid);
    const given = ["-D", join(folder, "data"), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"];
    execFileSync(join(binFolder, "initdb"), given, {
      ...user,
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
  }

  /** Starts the server of a cluster; it is ready when `isReady` resolves to true. */
  static async start(
    { binFolder }: PostgresPrograms,
    folder: string,
    isReady: () => Promise<boolean>,
  ): Promise<PostgresServer> {
    const { user } = serverUser();
    const settings = Object.entries(serverSettings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const given = ["-D", join(folder, "data"), "-k", folder, ...settings];
    const child = spawn(join(binFolder, "postgres"), given, {
      ...user,
      cwd: folder,
      stdio: ["ignore", "ignore", "ignore"],
    });
    const server = new PostgresServer(child);
    for (let waitedMs = 0; !(await isReady()); waitedMs += 50) {
      if (child.exitCode !== null || waitedMs > readyWithinMs) {
        await server.stop();
        throw new Error(`The server in ${folder} did not become ready.`);
      }
      await sleep(50);
    }
    return server;
  }

  /** Ends it as its manual calls "fast": open transactions are rolled back, what is committed is on disk. */
  async stop(): Promise<void> {
    process.off("exit", this.#kill);
    if (this.#server.exitCode !== null || this.#server.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#server.once("exit", resolve));
    this.#server.kill("SIGINT");
    await ended;
  }
}

/** The server refuses to run as root. */
function serverUser(): { readonly user: { readonly uid: number; readonly gid: number } | undefined } {
  if (process.getuid?.() !== 0) return { user: undefined };
  const idOf = (kind: string): number => Number(execFileSync("id", [kind, "postgres"], { encoding: "utf8" }));
  return { user: { uid: idOf("-u"), gid: idOf("-g") } };
}
