import { test } from 'node:test';
import { expect } from 'chai';
import type { BusEvent } from '../../events/index.ts';
import { createSubscription } from './subscription.ts';

const topic = 'execution.e-1';
const event = (sequence: number): BusEvent => ({ topic, tenantId: 't', type: 'node_completed', timestamp: 0, data: {}, sequence });
const upTo = (last: number) => Array.from({ length: last }, (_, index) => event(index + 1));

/** A bus with one receiver, and a past that is handed over when the test says so. */
function stage() {
  let live: (event: BusEvent) => void = () => {};
  let left = false;
  const asked: { after: number; answer: (past: BusEvent[]) => void; fail: (error: Error) => void }[] = [];
  const delivered: number[] = [];
  const subscribing = createSubscription({
    topic,
    after: 0,
    events: { subscribe: async (_topic, receive) => ((live = receive), async () => void (left = true)) },
    past: (after) => new Promise((answer, fail) => asked.push({ after, answer, fail })),
    accepted: () => delivered.push(0),
    deliver: ({ sequence }) => delivered.push(sequence),
    overflow: () => {},
  });
  const pastAsked = async (times: number) => {
    while (asked.length < times) await new Promise(setImmediate);
    return asked[times - 1] as (typeof asked)[number];
  };
  return { publish: (sequence: number) => live(event(sequence)), hasLeft: () => left, pastAsked, delivered, subscribing };
}

test('what happens while the past is fetched follows it, once and in order', async () => {
  const { publish, pastAsked, delivered, subscribing } = stage();
  const past = await pastAsked(1);
  [3, 5, 4].forEach(publish);
  expect(delivered).to.deep.equal([]);
  past.answer(upTo(3));
  await subscribing;
  [5, 6].forEach(publish);
  expect(delivered).to.deep.equal([0, 1, 2, 3, 4, 5, 6]);
});

test('after an interruption only what was missed is asked for and delivered', async () => {
  const { publish, pastAsked, delivered, subscribing } = stage();
  (await pastAsked(1)).answer(upTo(2));
  const subscription = await subscribing;
  const caughtUp = subscription.catchUp();
  const missed = await pastAsked(2);
  expect(missed.after).to.equal(2);
  publish(5);
  missed.answer([3, 4, 5].map(event));
  await caughtUp;
  expect(delivered).to.deep.equal([0, 1, 2, 3, 4, 5]);
});

test('a past that cannot be had ends the subscription rather than leaving a hole', async () => {
  const { publish, hasLeft, pastAsked, delivered, subscribing } = stage();
  const past = await pastAsked(1);
  publish(4);
  past.fail(new Error('the database is away'));
  const outcome = await subscribing.then(() => 'accepted', (error: Error) => error.message);
  expect(outcome).to.equal('the database is away');
  expect(hasLeft()).to.equal(true);
  expect(delivered).to.deep.equal([]);
});
