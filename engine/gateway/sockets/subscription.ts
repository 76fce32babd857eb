/**
 * One topic as one connection sees it: what was, then what is, each event once and in order.
 *
 * S1. Listen first, then ask for what was: nothing falls between the two.
 * S2. Live events are held back while the past is being fetched, and follow it.
 * S3. The sequence decides: whatever does not go beyond the last one delivered was delivered already.
 */
import type { BusEvent, Events } from '../../events/index.ts';

export interface SubscriptionOptions {
  readonly topic: string;
  /** Events up to this sequence are known to the client. */
  readonly after: number;
  readonly events: Pick<Events, 'subscribe'>;
  /** What happened after a sequence, from durable state. */
  readonly past: (afterSequence: number) => Promise<readonly BusEvent[]>;
  /** Called once, when the past is at hand and before its first event is delivered. */
  readonly accepted: () => void;
  readonly deliver: (event: BusEvent) => void;
  /** More is held back than is reasonable: the past takes too long, or the topic is too busy. */
  readonly overflow: () => void;
}

export interface Subscription {
  /** Fetches what was missed while the bus was away. */
  catchUp(): Promise<void>;
  end(): Promise<void>;
}

const MOST_HELD = 10_000;

/** Resolves when the past is delivered and the present follows. Rejects, and listens no more, where the past cannot be had. */
export async function createSubscription({ topic, after, events, past, accepted, deliver, overflow }: SubscriptionOptions): Promise<Subscription> {
  let last = after;
  let held: BusEvent[] = [];
  let ended = false;
  /** How many fetches of the past are under way; live events wait while there is one. */
  let fetching = 1;

  function pass(event: BusEvent) {
    if (ended || event.sequence <= last) return;
    last = event.sequence;
    deliver(event);
  }

  function receive(event: BusEvent) {
    if (fetching === 0) return pass(event);
    if (held.push(event) > MOST_HELD) overflow();
  }

  function passHeld() {
    fetching -= 1;
    if (fetching > 0) return;
    const waiting = held;
    held = [];
    waiting.sort((one, other) => one.sequence - other.sequence).forEach(pass);
  }

  const leave = await events.subscribe(topic, receive);

  async function end() {
    ended = true;
    held = [];
    await leave();
  }

  async function fetchPast() {
    try {
      return await past(last);
    } catch (error) {
      // Going on without the past would leave a hole that nobody sees.
      await end();
      throw error;
    }
  }

  async function catchUp() {
    fetching += 1;
    (await fetchPast()).forEach(pass);
    passHeld();
  }

  const first = await fetchPast();
  accepted();
  first.forEach(pass);
  passHeld();
  return { catchUp, end };
}
