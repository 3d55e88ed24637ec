// Counters by name, as a plain object, so that counting is one addition.

/** Adds the counters of `from` to those of `into`. */
export function addTally<Name extends string>(
  into: Record<Name, number>,
  from: Readonly<Record<Name, number>>,
  names: readonly Name[],
): void {
  for (const name of names) into[name] += from[name];
}
