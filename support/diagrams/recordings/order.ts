/**
 * An order that is really recorded: two stand-ins for engine processes make spans with the OpenTelemetry SDK and
 * export them over HTTP to a collector, as the engine does. Used by the tests of this folder only.
 */
import { context, trace, type Context, type Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Binding } from '../bindings/port.ts';
import { startCollector } from '../collector.ts';
import type { Fact, RecordedSpan } from '../spans.ts';
import { newTrace } from '../trace-reader.ts';

export const orderDiagram = `sequenceDiagram
  participant Customer
  participant Shop
  participant Rights
  participant Kitchen
  participant Store
  participant Courier
  Customer->>Shop: Order pies
  Shop->>Rights: May they order
  Rights-->>Shop: Decision
  alt granted
    loop each pie
      Shop->>Kitchen: Bake
      Kitchen->>Store: Take flour
      Store-->>Kitchen: Flour
      Kitchen-->>Shop: Pie
    end
    par tell the courier
      Shop->>Courier: Fetch
    and keep the books
      Shop->>Store: Write down
    end
    Shop->>Store: Close the order
  else denied
    Shop->>Store: Note the refusal
    Shop->>Store: Forget the order
  end
  Shop-->>Customer: Answer
`;

const call = (message: string) => ({ call: { message } });
const reply = (message: string) => ({ reply: { message } });

export const orderBinding: Binding = {
  flow: 'order',
  participants: {
    Customer: { spans: ['customer'] }, Shop: { spans: ['shop'] }, Rights: { spans: ['rights'] }, Kitchen: { spans: ['kitchen'] },
    Store: { spans: ['store'] }, Courier: { spans: ['courier'] },
  },
  messages: [
    { from: 'Customer', to: 'Shop', label: 'Order pies', ...call('order') },
    { from: 'Shop', to: 'Customer', label: 'Answer', ...reply('order') },
    { from: 'Shop', to: 'Rights', label: 'May they order', ...call('check') },
    { from: 'Rights', to: 'Shop', label: 'Decision', ...reply('check') },
    { from: 'Shop', to: 'Kitchen', label: 'Bake', ...call('bake') },
    { from: 'Kitchen', to: 'Shop', label: 'Pie', ...reply('bake') },
    { from: 'Kitchen', to: 'Store', label: 'Take flour', ...call('take_flour') },
    { from: 'Store', to: 'Kitchen', label: 'Flour', ...reply('take_flour') },
    { from: 'Shop', to: 'Courier', label: 'Fetch', ...call('fetch') },
    { from: 'Shop', to: 'Store', label: 'Write down', ...call('write_down') },
    { from: 'Shop', to: 'Store', label: 'Close the order', ...call('close') },
    { from: 'Shop', to: 'Store', label: 'Note the refusal', ...call('note') },
    { from: 'Shop', to: 'Store', label: 'Forget the order', ...call('forget') },
  ],
};

export interface Process {
  /** Makes a span around `work`, as the engine's own `traced` does. */
  sends<T>(parent: Context, path: readonly [from: string, to: string, message: string], work?: (here: Context) => Promise<T>): Promise<T | undefined>;
  flush(): Promise<void>;
  stop(): Promise<void>;
}

export function startProcess(name: string, collectorUrl: string, tenant: string): Process {
  const exporter = new OTLPTraceExporter({ url: `${collectorUrl}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'recording', 'service.instance.id': name }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 60_000 })],
  });
  const tracer: Tracer = provider.getTracer('recording');
  let moment = 0;
  return {
    async sends(parent, [from, to, message], work) {
      const attributes: Record<string, Fact> = { 'hive.from': from, 'hive.to': to, 'hive.message': message, 'hive.tenant': tenant, 'hive.start': ++moment };
      const span = tracer.startSpan(`${to}: ${message}`, { attributes }, parent);
      const result = await work?.(trace.setSpan(parent, span));
      span.setAttribute('hive.end', ++moment).end();
      return result;
    },
    flush: () => provider.forceFlush(),
    stop: () => provider.shutdown(),
  };
}

const remoteParent = ({ traceId, clientSpan }: { traceId: string; clientSpan: string }): Context =>
  trace.setSpanContext(context.active(), { traceId, spanId: clientSpan, traceFlags: 1, isRemote: true });

async function order({ shop, kitchen }: { shop: Process; kitchen: Process }, pies: number, here: Context) {
  await shop.sends(here, ['shop', 'rights', 'check'], (checking) => shop.sends(checking, ['rights', 'cache', 'get rights']));
  if (pies === 0) {
    await shop.sends(here, ['shop', 'store', 'note']);
    return void (await shop.sends(here, ['shop', 'store', 'forget']));
  }
  for (let pie = 0; pie < pies; pie += 1)
    await shop.sends(here, ['shop', 'kitchen', 'bake'], (baking) => kitchen.sends(baking, ['kitchen', 'store', 'take_flour']));
  await shop.sends(here, ['shop', 'courier', 'fetch']);
  await shop.sends(here, ['shop', 'store', 'write_down']);
  await shop.sends(here, ['shop', 'store', 'close']);
}

/** Records an order of so many pies; of none, one that is refused. */
export async function recordOrder({ pies, tenant }: { pies: number; tenant: string }): Promise<RecordedSpan[]> {
  const collector = await startCollector();
  const shop = startProcess('shop-process', collector.url, tenant);
  const kitchen = startProcess('kitchen-process', collector.url, tenant);
  try {
    const { traceId, clientSpan } = newTrace();
    await shop.sends(remoteParent({ traceId, clientSpan }), ['customer', 'shop', 'order'], (here) => order({ shop, kitchen }, pies, here));
    return await collector.complete(traceId, { clientSpan, flush: async () => void (await Promise.all([shop.flush(), kitchen.flush()])) });
  } finally {
    await Promise.all([shop.stop(), kitchen.stop()]);
    await collector.stop();
  }
}
