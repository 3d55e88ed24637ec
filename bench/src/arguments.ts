// Command-line arguments of benchmarks: `--name value` pairs and `--name` flags, each checked, none ignored.

type Values = Record<string, string | number | boolean>;

/**
 * Reads `--name value` pairs; every name must be among the defaults, whose types the values take. A default of `false`
 * is a flag, which takes no value and is true where it is given.
 */
export function readArguments<T extends Values>(
  defaults: T,
  given: readonly string[] = process.argv.slice(2),
): { -readonly [K in keyof T]: T[K] extends boolean ? boolean : T[K] } {
  const values: Values = { ...defaults };
  for (let i = 0; i < given.length; i++) {
    const name = given[i]!.replace(/^--/u, "");
    if (!given[i]!.startsWith("--") || !Object.hasOwn(defaults, name)) fail(given[i]!, defaults);
    const known = defaults[name]!;
    if (typeof known === "boolean") {
      values[name] = true;
      continue;
    }
    const value = given[++i];
    if (value === undefined) fail(given[i - 1]!, defaults);
    if (typeof known === "string") values[name] = value;
    else if (value.trim() !== "" && Number.isFinite(Number(value))) values[name] = Number(value);
    else fail(`--${name} ${value}`, defaults);
  }
  // Every key of the defaults is there, with a value of its type.
  return values as { -readonly [K in keyof T]: T[K] extends boolean ? boolean : T[K] };
}

/** Ends the process with what was wrong and what could have been given. */
function fail(what: string, defaults: Values): never {
  console.error(`Cannot use ${what}. Options and their defaults: ${usageOf(defaults)}`);
  process.exit(2);
}

function usageOf(defaults: Values): string {
  return Object.entries(defaults)
    .map(([name, value]) => (typeof value === "boolean" ? `[--${name}]` : `--${name} ${value}`))
    .join(" ");
}
