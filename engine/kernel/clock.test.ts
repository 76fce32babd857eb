import { expect } from 'chai';
import { describe, it, mock } from 'node:test';
import { systemClock } from './clock.ts';

const WEEKS = 5 * 7 * 24 * 3_600_000;

describe('the system clock', () => {
  it('waits longer than a timer of Node can', (test) => {
    test.mock.timers.enable({ apis: ['setTimeout'] });
    const action = mock.fn();
    systemClock.after(WEEKS, action);
    test.mock.timers.tick(2 ** 31 - 1);
    test.mock.timers.tick(WEEKS - 2 ** 31);
    expect(action.mock.callCount(), 'calls before the time').to.equal(0);
    test.mock.timers.tick(1);
    expect(action.mock.callCount(), 'calls at the time').to.equal(1);
  });

  it('does not call what was cancelled, however long it was to wait', (test) => {
    test.mock.timers.enable({ apis: ['setTimeout'] });
    const action = mock.fn();
    const timer = systemClock.after(WEEKS, action);
    test.mock.timers.tick(2 ** 31);
    timer.cancel();
    test.mock.timers.tick(WEEKS);
    expect(action.mock.callCount()).to.equal(0);
  });

  it('ends a sleep with the reason of its signal, before it or during it', async () => {
    const reason = new Error('enough');
    expect(await systemClock.sleep(WEEKS, AbortSignal.abort(reason)).catch((error: unknown) => error)).to.equal(reason);
    const control = new AbortController();
    const slept = systemClock.sleep(WEEKS, control.signal);
    control.abort(reason);
    expect(await slept.catch((error: unknown) => error)).to.equal(reason);
  });

  it('leaves nothing on a signal that outlives the sleep', async () => {
    const { signal } = new AbortController();
    const removed = mock.method(signal, 'removeEventListener');
    await systemClock.sleep(0, signal);
    expect(removed.mock.callCount()).to.equal(1);
  });
});
