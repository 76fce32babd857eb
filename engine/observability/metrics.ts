import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Observability } from './port.ts';

/** Upper bounds in seconds: from a cache hit to the longest synchronous wait. */
const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export type Metrics = Omit<Observability, 'name' | 'start' | 'stop' | 'log'>;

/** A registry of its own, not prom-client's global one: two engines in one process would count into each other. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];

  const counter: Metrics['counter'] = (name, help, labelNames = []) => new Counter({ name, help, labelNames: [...labelNames], registers });
  const gauge: Metrics['gauge'] = (name, help, labelNames = []) => new Gauge({ name, help, labelNames: [...labelNames], registers });
  const histogram: Metrics['histogram'] = (name, help, labelNames, buckets) =>
    new Histogram({ name, help, labelNames: [...labelNames], buckets: [...buckets], registers });

  const requests = counter('http_requests_total', 'Requests answered; tenant is empty where none was resolved', ['tenant', 'route', 'method', 'status']);
  const durations = histogram('hive_api_request_duration_seconds', 'Time to answer a request, in seconds', ['route', 'method', 'status'], requestSeconds);

  function recordRequest({ tenant, route, method, status, seconds }: Parameters<Metrics['recordRequest']>[0]) {
    requests.inc({ tenant, route, method, status });
    durations.observe({ route, method, status }, seconds);
  }

  return { registry, counter, gauge, histogram, recordRequest, scrape: () => registry.metrics() };
}
