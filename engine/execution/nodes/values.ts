import { getPath } from './paths.ts';

/** A node's parameters, read by path: `options.dotNotation`. */
export class Values {
  readonly tree: Readonly<Record<string, unknown>>;

  constructor(tree: Readonly<Record<string, unknown>>) {
    this.tree = tree;
  }

  /** The value as it is; `fallback` where there is none. The type is the caller's claim: use it for declared parameters. */
  get<T>(path: string, fallback: T): T {
    const value = getPath(this.tree, path);
    return value === undefined ? fallback : (value as T);
  }

  raw(path: string): unknown {
    return getPath(this.tree, path);
  }

  text(path: string, fallback = ''): string {
    const value = this.raw(path);
    if (value === undefined || value === null) return fallback;
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }

  number(path: string, fallback = 0): number {
    const value = this.raw(path);
    return value === undefined || value === null || value === '' ? fallback : Number(value);
  }

  /** How many inputs or outputs the author wants: 1 to 256, as connections are numbered. */
  ports(path: string, fallback: number): number {
    return Math.min(Math.max(Math.floor(this.number(path, fallback)) || 1, 1), 256);
  }

  flag(path: string, fallback = false): boolean {
    const value = this.raw(path);
    return value === undefined || value === null ? fallback : value === 'false' ? false : Boolean(value);
  }

  list<T = Record<string, unknown>>(path: string): readonly T[] {
    const value = this.raw(path);
    return Array.isArray(value) ? value : [];
  }
}
