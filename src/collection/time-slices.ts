// Long work without blocking the event loop: a generator pauses often, and its driver lets the loop turn when a
// slice of time is used up. Short work runs to its end at once, without a promise.

/** Time that one piece of work may take before the event loop turns. */
export const sliceMs = 10;

/** Resolves in the next turn of the event loop, behind the I/O that waits. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Runs a generator to its end, letting the event loop turn after every 10 ms. The result comes at once if the first
 * slice was enough. `afterTurn` runs after each turn, with what was yielded last, and ends the work by throwing.
 */
export function runInSlices<Result, Pause = void>(
  work: Generator<Pause, Result>,
  afterTurn?: (last: Pause) => void,
): Result | Promise<Result> {
  const first = runSlice(work);
  return first.done === true ? first.value : runRest({ work, last: first.value, afterTurn });
}

interface RestOfWork<Pause, Result> {
  readonly work: Generator<Pause, Result>;
  /** What was yielded last. */
  last: Pause;
  readonly afterTurn: ((last: Pause) => void) | undefined;
}

async function runRest<Pause, Result>(rest: RestOfWork<Pause, Result>): Promise<Result> {
  const { work, afterTurn } = rest;
  for (;;) {
    await nextTurn();
    try {
      afterTurn?.(rest.last);
    } catch (error) {
      endEarly(work);
      throw error;
    }
    const step = runSlice(work);
    if (step.done === true) return step.value;
    rest.last = step.value;
  }
}

/** Lets the work let go of what it holds, such as an iterator of the store. */
function endEarly<Pause, Result>(work: Generator<Pause, Result>): void {
  // The value is not looked at: the work was given up.
  for (let step = work.return(undefined as Result); step.done !== true; step = work.next());
}

function runSlice<Pause, Result>(work: Generator<Pause, Result>): IteratorResult<Pause, Result> {
  const end = performance.now() + sliceMs;
  for (;;) {
    const step = work.next();
    if (step.done === true || performance.now() >= end) return step;
  }
}
