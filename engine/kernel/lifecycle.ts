import type { Logger } from './logger.ts';

/** Anything with a start has a stop; `stop` is safe unstarted and twice, and returns when finished. */
export interface Service {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface Lifecycle {
  /**
   * Starts in the order given. If one fails, it and those already started are stopped again and the error is thrown.
   * Ends early, without an error, when `stop` is called meanwhile: then `stopping` is true.
   */
  start(): Promise<void>;
  /** Stops in reverse order; a failing stop is logged and does not keep the others running. */
  stop(): Promise<void>;
  readonly stopping: boolean;
}

export function createLifecycle(services: readonly Service[], log: Logger): Lifecycle {
  /** Those that were told to start, also when they did not get that far. */
  const begun: Service[] = [];
  let stopping: Promise<void> | undefined;

  async function stopAll() {
    for (let service = begun.pop(); service; service = begun.pop()) {
      try {
        await service.stop();
      } catch (error) {
        log.error({ err: error, service: service.name }, 'service failed to stop');
      }
    }
  }

  const stop = () => (stopping ??= stopAll());

  async function start() {
    for (const service of services) {
      if (stopping) return;
      begun.push(service);
      try {
        await service.start();
      } catch (error) {
        // A service whose ground is taken away while it starts fails, and that is nobody's fault.
        if (stopping) return;
        await stop();
        throw new Error(`service ${service.name} failed to start`, { cause: error });
      }
    }
  }

  return {
    start,
    stop,
    get stopping() {
      return stopping !== undefined;
    },
  };
}
