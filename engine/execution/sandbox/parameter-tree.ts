import { isTemplate } from './template.ts';

/** A tree of parameters with its templates pulled out, in the order they stand. */
export interface ParameterTree {
  readonly templates: readonly string[];
  /** The tree again, with one value for each template. Every call gives new objects. */
  rebuild(values: readonly unknown[]): unknown;
}

type Rebuild = (values: readonly unknown[]) => unknown;

export function readParameterTree(parameters: unknown): ParameterTree {
  const templates: string[] = [];
  const read = (value: unknown): Rebuild => {
    if (isTemplate(value)) {
      const position = templates.push(value) - 1;
      return (values) => values[position];
    }
    if (Array.isArray(value)) {
      const elements = value.map(read);
      return (values) => elements.map((element) => element(values));
    }
    if (typeof value === 'object' && value !== null) {
      const properties = Object.entries(value).map(([key, inner]) => [key, read(inner)] as const);
      return (values) => Object.fromEntries(properties.map(([key, inner]) => [key, inner(values)]));
    }
    return () => value;
  };
  const rebuild = read(parameters);
  return { templates, rebuild };
}
