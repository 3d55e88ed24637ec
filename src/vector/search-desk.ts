// The memory that the host and the search threads of a database share: a few slots, each for one search that waits for
// a thread, or for what a thread found. Queries and rows go through it without a message.
//
//   free ──host──▶ queued ──thread──▶ claimed ──thread──▶ found ──host──▶ free
//                     └───────────host takes it back──────────────────────▶
//
// A claimed slot says whose it is, so that the host can free what a thread that died had.
//
//   [control words 64 B][states of the slots][slot 0][slot 1]…
//   slot: [16 words][query, f32 × 4,096][rows, u32 × 1,024]
//
// What a slot holds is written before its state is, and read after: the atomics on states order the rest.

import { limits } from "../model/limits.js";

/** States of a slot. */
const free = 0;
const queued = 1;
const found = 2;
/** A slot in this state and those above is claimed by the thread of scratch memory 0, 1, … */
const claimedByFirst = 3;

// Control words.
/** Counts up whenever there is something to look at. */
const bell = 0;
/** Threads that sleep, or are about to. One that died asleep stays counted: the host looks for sleepers in vain. */
const sleeping = 1;

const controlBytes = 64;
const wordsBytes = 64;
/** Most rows that a thread hands over; searches that may find more are the host's. */
export const deskRowsMax = 1024;
const slotBytes = wordsBytes + 4 * limits.dimensionMax + 4 * deskRowsMax;

/**
 * What the words of a slot are. The host writes all but the last two, which say what a thread found; a count of -1
 * leaves the search to the host.
 */
export const deskWord = {
  index: 0,
  /** 1 for a walk, 0 for an exact scan. */
  walks: 1,
  limit: 2,
  depth: 3,
  ef: 4,
  fine: 5,
  /** As f32. */
  slack: 6,
  /** Rows below this are scanned. */
  rowEnd: 7,
  count: 8,
  distances: 9,
} as const;

/** Views of one slot. */
export interface DeskSlot {
  readonly words: Int32Array;
  /** The same words as f32. */
  readonly floats: Float32Array;
  readonly query: Float32Array;
  readonly rows: Uint32Array;
}

/** One side's view of the desk. */
export class SearchDesk {
  readonly buffer: SharedArrayBuffer;
  readonly slots: readonly DeskSlot[];
  readonly #control: Int32Array;
  readonly #states: Int32Array;

  /** A desk of so many slots; over the memory of another thread's desk if that is given. */
  constructor(slotCount: number, buffer?: SharedArrayBuffer) {
    const statesBytes = Math.ceil((4 * slotCount) / 64) * 64;
    const begin = controlBytes + statesBytes;
    // Pages of it become resident when slots are used.
    this.buffer = buffer ?? new SharedArrayBuffer(begin + slotCount * slotBytes);
    this.#control = new Int32Array(this.buffer, 0, controlBytes / 4);
    this.#states = new Int32Array(this.buffer, controlBytes, slotCount);
    this.slots = Array.from({ length: slotCount }, (_, slot) =>
      viewSlot(this.buffer, begin + slot * slotBytes),
    );
  }

  // ---- the host's part

  /** A free slot, or -1. */
  freeSlot(): number {
    return this.#slotIn(free);
  }

  /** Lets threads have a slot, which is written. */
  queue(slot: number): void {
    Atomics.store(this.#states, slot, queued);
  }

  /** Tells threads of what was queued, and wakes as many as there are slots queued but one, which the host will take. */
  ring(): void {
    Atomics.add(this.#control, bell, 1);
    if (Atomics.load(this.#control, sleeping) === 0) return;
    let count = 0;
    for (let slot = 0; slot < this.#states.length; slot++) {
      if (Atomics.load(this.#states, slot) === queued) count++;
    }
    if (count > 1) Atomics.notify(this.#control, bell, count - 1);
  }

  /** Wakes every thread that sleeps. */
  wakeAll(): void {
    Atomics.add(this.#control, bell, 1);
    Atomics.notify(this.#control, bell);
  }

  /** Takes a queued slot back; -1 if threads have all of them. */
  takeBack(): number {
    return this.#move(queued, free);
  }

  /** A slot in which rows were found, or -1. */
  foundSlot(): number {
    return this.#slotIn(found);
  }

  /** Done with what was found. */
  release(slot: number): void {
    Atomics.store(this.#states, slot, free);
  }

  /** Frees what a thread had that has died. */
  freeSlotsOf(thread: number): void {
    for (let slot = 0; slot < this.#states.length; slot++)
      Atomics.compareExchange(this.#states, slot, claimedByFirst + thread, free);
  }

  // ---- the threads' part

  /** What `sleep` compares the bell with: taken before looking for work. */
  listen(): number {
    return Atomics.load(this.#control, bell);
  }

  /** Takes a queued slot for a thread, given by the number of its scratch memory; -1 if there is none. */
  claim(thread: number): number {
    return this.#move(queued, claimedByFirst + thread);
  }

  /** Hands over what was found in a claimed slot. */
  tell(slot: number): void {
    Atomics.store(this.#states, slot, found);
  }

  /** Returns when the bell has rung since `heard`: looks for `spinMs`, then sleeps. */
  sleep(heard: number, spinMs: number): void {
    const end = performance.now() + spinMs;
    do {
      if (Atomics.load(this.#control, bell) !== heard) return;
    } while (performance.now() < end);
    Atomics.add(this.#control, sleeping, 1);
    // The host counts the bell up before it looks for sleepers: one of both sees the other.
    Atomics.wait(this.#control, bell, heard);
    Atomics.sub(this.#control, sleeping, 1);
  }

  #slotIn(state: number): number {
    const states = this.#states;
    for (let slot = 0; slot < states.length; slot++) if (Atomics.load(states, slot) === state) return slot;
    return -1;
  }

  #move(from: number, to: number): number {
    const states = this.#states;
    for (let slot = 0; slot < states.length; slot++) {
      if (Atomics.load(states, slot) !== from) continue;
      if (Atomics.compareExchange(states, slot, from, to) === from) return slot;
    }
    return -1;
  }
}

function viewSlot(buffer: SharedArrayBuffer, at: number): DeskSlot {
  const queryAt = at + wordsBytes;
  return {
    words: new Int32Array(buffer, at, wordsBytes / 4),
    floats: new Float32Array(buffer, at, wordsBytes / 4),
    query: new Float32Array(buffer, queryAt, limits.dimensionMax),
    rows: new Uint32Array(buffer, queryAt + 4 * limits.dimensionMax, deskRowsMax),
  };
}
