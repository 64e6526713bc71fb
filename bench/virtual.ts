/** The retry policy of src/retry.ts in virtual time: many jobs that start at once, one throttled server. */

import { nextWait } from '../src/retry.ts';

export type Crowd = {
  readonly jobs: number;
  readonly timeoutSeconds: number;
  /** Requests that the server admits in a second; the others get 429 with `Retry-After: 1`. */
  readonly admitPerSecond: number;
  readonly seed: number;
};

export type Outcome = {
  readonly succeeded: number;
  readonly requests: number;
  /** When the last token was handed out, in milliseconds. */
  readonly lastTokenMs: number;
};

type Arrival = { readonly atMs: number; readonly attempt: number };

const RETRY_AFTER_MS = 1000;
/** Jobs of a matrix do not start at the same instant: uniform over this time. */
const START_SPREAD_MS = 500;
const ROUND_TRIP_MS = 100;

/** A generator of numbers from 0 up to, not including, 1 (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Adds to a binary heap that has the earliest arrival on top. */
function push(heap: Arrival[], arrival: Arrival): void {
  let index = heap.length;
  heap.push(arrival);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || above.atMs <= arrival.atMs) break;
    heap[index] = above;
    heap[parent] = arrival;
    index = parent;
  }
}

/** Takes the earliest arrival off the heap. */
function pop(heap: Arrival[]): Arrival | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    const first = heap[left];
    if (first === undefined) break;
    const second = heap[left + 1];
    const child = second !== undefined && second.atMs < first.atMs ? left + 1 : left;
    const earlier = heap[child];
    if (earlier === undefined || earlier.atMs >= last.atMs) break;
    heap[index] = earlier;
    index = child;
  }
  heap[index] = last;
  return top;
}

/** A server that admits so many requests within any second, as the embedded IMS does. */
function throttle(perSecond: number): (atMs: number) => boolean {
  let admitted: number[] = [];
  return (atMs) => {
    admitted = admitted.filter((before) => atMs - before < 1000);
    if (admitted.length >= perSecond) return false;
    admitted.push(atMs);
    return true;
  };
}

/** Plays one crowd to its end. */
export function play(crowd: Crowd): Outcome {
  const random = seededRandom(crowd.seed);
  const admits = throttle(crowd.admitPerSecond);
  const heap: Arrival[] = [];
  for (let job = 0; job < crowd.jobs; job += 1)
    push(heap, { atMs: random() * START_SPREAD_MS, attempt: 1 });
  let succeeded = 0;
  let requests = 0;
  let lastTokenMs = 0;
  for (let next = pop(heap); next !== undefined; next = pop(heap)) {
    requests += 1;
    const answeredMs = next.atMs + ROUND_TRIP_MS;
    if (admits(next.atMs)) {
      succeeded += 1;
      lastTokenMs = Math.max(lastTokenMs, answeredMs);
      continue;
    }
    const remainingMs = crowd.timeoutSeconds * 1000 - answeredMs;
    const wait = nextWait(next.attempt, RETRY_AFTER_MS, remainingMs, random());
    if (wait.kind === 'wait') push(heap, { atMs: answeredMs + wait.ms, attempt: next.attempt + 1 });
  }
  return { succeeded, requests, lastTokenMs };
}
