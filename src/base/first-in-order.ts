// The first of many in some order, kept while they are offered one by one, in memory for twice as many as are wanted.

/** Negative if `a` comes first, positive if `b` does; 0 only for equals that may stand for each other. */
export type Compare<Item> = (a: Item, b: Item) => number;

/**
 * Always holds all that was offered up to `bound`, but for what was removed since. Each has a number of its own, under
 * which it is replaced or removed.
 */
export class FirstInOrder<Item> {
  readonly #wanted: number;
  readonly #compare: Compare<Item>;
  readonly #kept = new Map<number, Item>();
  #bound: Item | undefined;
  /** Whether nothing came since the last cut. */
  #isCut = false;

  constructor(wanted: number, compare: Compare<Item>) {
    this.#wanted = wanted;
    this.#compare = compare;
  }

  /** The last one up to which nothing was left out; `undefined` while nothing was. */
  get bound(): Item | undefined {
    return this.#bound;
  }

  offer(number: number, item: Item): void {
    if (this.#bound !== undefined && this.#compare(item, this.#bound) > 0) return;
    this.#kept.set(number, item);
    this.#isCut = false;
    if (this.#kept.size >= 2 * this.#wanted) this.cut();
  }

  remove(number: number): void {
    this.#kept.delete(number);
  }

  /** Where there are enough: lets go of all but as many as are wanted, and of all that is offered behind them. */
  cut(): void {
    if (this.#isCut || this.#kept.size < this.#wanted) return;
    const sorted = [...this.#kept].sort(([, a], [, b]) => this.#compare(a, b));
    this.#bound = sorted[this.#wanted - 1]![1];
    for (let i = this.#wanted; i < sorted.length; i++) this.#kept.delete(sorted[i]![0]);
    this.#isCut = true;
  }

  /** Those that are held, in order. */
  sorted(): Item[] {
    return [...this.#kept.values()].sort(this.#compare);
  }
}
