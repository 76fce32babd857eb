/** Waiting on conditions. Steps never sleep: they say what they wait for, and a timeout says what was seen last. */
const DEFAULT_WITHIN_MS = 15_000;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;

/** Calls `check` until it stops throwing and returns what it returned; after `withinMs` throws its last failure. */
export async function eventually<T>(what: string, check: () => T | Promise<T>, withinMs = DEFAULT_WITHIN_MS): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    try {
      return await check();
    } catch (failure) {
      if (performance.now() + pause > deadline)
        throw new Error(`${what}: not so within ${withinMs} ms; the last look found: ${(failure as Error).message}`, { cause: failure });
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
