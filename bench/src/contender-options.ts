// Options of contenders: each reads what it knows, and refuses what it does not.

import type { ContenderOptions } from "./contender.js";

/** The value of the only option that a contender has; the first choice if it is not given. */
export function onlyOption<T extends string>(
  options: ContenderOptions,
  name: string,
  choices: readonly [T, ...T[]],
): T {
  const { [name]: given, ...others } = options;
  refuseOptions(others);
  if (given === undefined) return choices[0];
  const choice = choices.find((one) => one === given);
  if (choice === undefined) throw new Error(`${name} is ${given}: one of ${choices.join(", ")}`);
  return choice;
}

/** Throws if there is any. */
export function refuseOptions(options: ContenderOptions): void {
  const names = Object.keys(options);
  if (names.length > 0) throw new Error(`There is no option ${names.join(", ")} for this contender.`);
}
