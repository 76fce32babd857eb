import type { Logger } from './logger.ts';

/** Anything with a start has a stop; `stop` is safe unstarted and twice, and returns when finished. */
export interface Service {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface Lifecycle {
  /** Starts in the order given. If one fails, those already started are stopped again and the error is thrown. */
  start(): Promise<void>;
  /** Stops in reverse order; a failing stop is logged and does not keep the others running. */
  stop(): Promise<void>;
}

export function createLifecycle(services: readonly Service[], log: Logger): Lifecycle {
  const started: Service[] = [];
  let stopping: Promise<void> | undefined;

  async function stopAll() {
    for (let service = started.pop(); service; service = started.pop()) {
      try {
        await service.stop();
      } catch (error) {
        log.error({ err: error, service: service.name }, 'service failed to stop');
      }
    }
  }

  async function start() {
    for (const service of services) {
      try {
        await service.start();
        started.push(service);
      } catch (error) {
        await stopAll();
        throw new Error(`service ${service.name} failed to start`, { cause: error });
      }
    }
  }

  return { start, stop: () => (stopping ??= stopAll()) };
}
