/**
 * JSON text with expressions inside. As one template, an object in it would become "[object Object]"; so the text
 * is cut into pieces that are resolved alone and joined again, objects as JSON.
 */
import type { Parameter } from './parameters.ts';

const key = '\u0000pieces';
type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `values` with the text of every parameter declared with `pieces` cut up. */
export function splitPieces(declared: readonly Parameter[], values: Tree): Tree {
  const split: Tree = { ...values };
  for (const { name, pieces, groups } of declared) {
    const value = split[name];
    if (pieces && typeof value === 'string' && value.startsWith('=')) split[name] = { [key]: cut(value.replace(/^=+/, '')) };
    if (groups && isTree(value)) split[name] = Object.fromEntries(Object.entries(value).map(([group, entries]) => [group, splitEntries(groups[group] ?? [], entries)]));
  }
  return split;
}

function splitEntries(declared: readonly Parameter[], entries: unknown): unknown {
  if (Array.isArray(entries)) return entries.map((entry) => splitEntries(declared, entry));
  return isTree(entries) ? splitPieces(declared, entries) : entries;
}

/** Plain text that happens to start with `=` is sent as a template without expressions. */
function cut(text: string): string[] {
  return text.split(/(\{\{[\s\S]*?\}\})/).map((piece) => (piece.startsWith('{{') || piece.startsWith('=') ? `=${piece}` : piece));
}

export function joinPieces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(joinPieces);
  if (!isTree(value)) return value;
  if (Object.hasOwn(value, key)) return (value[key] as unknown[]).map(written).join('');
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, joinPieces(inner)]));
}

const written = (piece: unknown) => (typeof piece === 'object' && piece !== null ? JSON.stringify(piece) : String(piece));
