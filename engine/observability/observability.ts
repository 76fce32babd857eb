import type { DestinationStream } from 'pino';
import type { Settings } from '../kernel/index.ts';
import { createLogger } from './logging.ts';
import { createMetrics } from './metrics.ts';
import type { Observability } from './port.ts';
import { startTracing, type Tracing } from './tracing.ts';

export interface ObservabilityOptions {
  readonly settings: Pick<Settings, 'HIVE_LOG_LEVEL' | 'OTEL_EXPORTER_OTLP_ENDPOINT'>;
  /** Name of this process in records, spans and metrics. */
  readonly process: string;
  /** Where log lines go; stdout unless given. */
  readonly destination?: DestinationStream;
}

/**
 * The logger and the metrics work from here on; spans are recorded from `start` to `stop`. First service to
 * start and last to stop, so that the others' endings are seen too.
 */
export function createObservability({ settings, process, destination }: ObservabilityOptions): Observability {
  const log = createLogger({ level: settings.HIVE_LOG_LEVEL, process, destination });
  let tracing: Tracing | undefined;

  return {
    name: 'observability',
    log,
    ...createMetrics(),
    start: async () => {
      tracing ??= startTracing({ endpoint: settings.OTEL_EXPORTER_OTLP_ENDPOINT, process });
    },
    stop: async () => {
      await tracing?.stop();
      tracing = undefined;
    },
  };
}
