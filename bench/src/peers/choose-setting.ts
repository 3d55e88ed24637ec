// Finds the setting with which a contender reaches a recall: the smallest value of its parameter that is enough.

/** What one value of the parameter gives. */
export interface Trial {
  readonly parameter: number;
  readonly recall: number;
}

/** A setting that is enough, or the best there is. */
export type Choice<T extends Trial> =
  { readonly kind: "reached"; readonly trial: T } | { readonly kind: "not reached"; readonly best: T };

/**
 * The smallest value of `sweep`, ascending, whose recall is at least `target`. Recall grows with the parameter, so it is
 * found by bisection: of about 25 values, 5 are tried. Where recall falls from one value to the next, the one found is
 * enough, and the one before it is not. `tried` keeps what was tried, so that a second target costs less.
 */
export async function chooseSetting<T extends Trial>(
  sweep: readonly number[],
  target: number,
  tried: Map<number, T>,
  measure: (parameter: number) => Promise<T>,
): Promise<Choice<T>> {
  const trialOf = async (parameter: number): Promise<T> => {
    const known = tried.get(parameter) ?? (await measure(parameter));
    tried.set(parameter, known);
    return known;
  };
  let low = 0;
  let high = sweep.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { recall } = await trialOf(sweep[middle]!);
    if (recall >= target) high = middle;
    else low = middle + 1;
  }
  if (low < sweep.length) return { kind: "reached", trial: await trialOf(sweep[low]!) };
  const all = [...tried.values()].filter(({ parameter }) => sweep.includes(parameter));
  return { kind: "not reached", best: all.reduce((best, one) => (one.recall > best.recall ? one : best)) };
}
