// Command-line arguments of benchmarks: `--name value` pairs, each checked, none ignored.

/** Reads `--name value` pairs; every name must be among the defaults, whose types the values take. */
export function readArguments<T extends Record<string, string | number>>(defaults: T): T {
  const values: Record<string, string | number> = { ...defaults };
  const given = process.argv.slice(2);
  for (let i = 0; i < given.length; i += 2) {
    const name = given[i]!.replace(/^--/u, "");
    const value = given[i + 1];
    const known = values[name];
    if (!given[i]!.startsWith("--") || known === undefined || value === undefined) fail(given[i]!, defaults);
    if (typeof known === "string") values[name] = value;
    else if (Number.isFinite(Number(value))) values[name] = Number(value);
    else fail(`${given[i]!} ${value}`, defaults);
  }
  // Every key of the defaults is there, with a value of its type.
  return values as T;
}

function fail(what: string, defaults: Record<string, string | number>): never {
  const usage = Object.entries(defaults).map(([name, value]) => `--${name} ${value}`);
  console.error(`Cannot use ${what}. Options and their defaults: ${usage.join(" ")}`);
  process.exit(2);
}
