import type { Logger, Service } from '../kernel/index.ts';
import type { Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface Observability extends Service {
  readonly log: Logger;
  readonly registry: Registry;
  /** Metrics as documented; each room registers its own through these so that names and labels are declared once. */
  counter(name: string, help: string, labels?: readonly string[]): Counter;
  gauge(name: string, help: string, labels?: readonly string[]): Gauge;
  histogram(name: string, help: string, labels: readonly string[], buckets: readonly number[]): Histogram;
  /** SharedMonitoring of flow hq-tenant-request: one request of a tenant, counted by tenant, route and status. */
  recordRequest(request: { tenant: string; route: string; method: string; status: number; seconds: number }): void;
  /** Prometheus text. */
  scrape(): Promise<string>;
}
