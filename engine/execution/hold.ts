/**
 * How a run is told to end early. Each run has controllers of its own: AbortSignal.any on a signal that outlives the
 * run would keep every run in memory for as long as the process lives.
 */
export interface Hold {
  /** This process is to stop: the step that runs is finished, the next one is left to another process. */
  readonly halt: AbortSignal;
  /** This process must not touch the run any more. Comes with `halt`. */
  readonly letGo: AbortSignal;
  /** What a running node watches: the run's time is up, or the run is let go. */
  readonly stopWork: AbortSignal;
  /** What a waiting node watches: `stopWork`, and `halt` too, because a wait is recorded and simply goes on elsewhere. */
  readonly stopWait: AbortSignal;
}

export interface Grip extends Hold {
  readonly timeUp: () => void;
  readonly haltFor: (reason: unknown) => void;
  readonly letGoFor: (reason: unknown) => void;
}

export function createGrip(): Grip {
  const [halt, letGo, work, wait] = [new AbortController(), new AbortController(), new AbortController(), new AbortController()];
  const abort = (controllers: readonly AbortController[], reason?: unknown) => controllers.forEach((controller) => controller.abort(reason));
  return {
    halt: halt.signal,
    letGo: letGo.signal,
    stopWork: work.signal,
    stopWait: wait.signal,
    timeUp: () => abort([work, wait]),
    haltFor: (reason) => abort([halt, wait], reason),
    // `letGo` first: whoever is woken by one of the others looks at it to learn why.
    letGoFor: (reason) => abort([letGo, halt, work, wait], reason),
  };
}
