/** Reads what Prometheus would read, and as strictly (text format 0.0.4). */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Metrics {
  /** Type by family name. */
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
  /** Sum over the samples of that name with these labels. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number;
}

/** Prometheus reads numbers with Go's ParseFloat, to which NaN, Nan and nan are one. */
const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (nan|[+-]?inf|[+-]?[\d.]+(?:e[+-]?\d+)?)$/i;
const LABEL = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== ''; ) {
    const [whole, name, value] = LABEL.exec(rest) ?? [];
    if (whole === undefined) throw new Error(`labels that cannot be read: {${text}}`);
    labels[name!] = value!;
    rest = rest.slice(whole.length);
  }
  return labels;
}

function sampleOf(line: string): Sample {
  const [, name, labels = '', value] = LINE.exec(line) ?? [];
  if (name === undefined) throw new Error(`a line that is no sample: ${line}`);
  return { name, labels: labelsOf(labels), value: Number(value!.replace(/inf/i, 'Infinity')) };
}

const familyOf = (name: string, types: ReadonlyMap<string, string>) => (types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, ''));

/** Throws on the first line that is against the format, and on a sample whose family has no type. */
export function parseMetrics(text: string): Metrics {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  for (const line of text.split('\n').filter(Boolean)) {
    const [, name, type] = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line) ?? [];
    if (name && type) types.set(name, type);
    if (line.startsWith('#')) continue;
    const sample = sampleOf(line);
    if (!types.has(familyOf(sample.name, types))) throw new Error(`${sample.name} has no TYPE line before it`);
    samples.push(sample);
  }
  const matches = (sample: Sample, name: string, labels: Readonly<Record<string, string>>) =>
    sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value);
  return { types, samples, sum: (name, labels = {}) => samples.filter((sample) => matches(sample, name, labels)).reduce((sum, { value }) => sum + value, 0) };
}

export async function readMetrics(engineUrl: string): Promise<Metrics> {
  return parseMetrics(await (await fetch(`${engineUrl}/metrics`)).text());
}
