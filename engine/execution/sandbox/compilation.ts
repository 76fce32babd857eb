import { LRUCache } from 'lru-cache';
import { parse } from 'acorn';
import { noReads, readsOf, unitedReads, type DataReads } from './data-reads.ts';
import { RefusedExpression, rewriteExpression, type Vocabulary } from './expression-rewriting.ts';
import { analyseScopes } from './lexical-scopes.ts';
import { splitTemplate } from './template.ts';

export type CompiledPart = string | { readonly source: string };

/** A template ready for the inside, or the reason why it can never be evaluated. */
export interface CompiledTemplate {
  readonly parts: readonly CompiledPart[];
  readonly reads: DataReads;
  readonly error?: { readonly name: string; readonly message: string };
}

export interface AnalysedCode {
  readonly reads: DataReads;
  /** Where the parser stopped, in lines of the user's text from 1. */
  readonly syntaxErrorLine?: number;
}

/** Characters of source kept; the compiled form is about as large again. */
const CACHED_CHARACTERS = 8_000_000;
/** Longer expressions are refused: parsing happens on the engine's own thread. */
const LONGEST_TEMPLATE = 512_000;
const LONGEST_ANALYSED_CODE = 1_000_000;

export interface Compilation {
  template(source: string): CompiledTemplate;
  code(source: string): AnalysedCode;
}

/** Compiles each distinct text once; a text says nothing about its tenant, so the cache may serve all. */
export function createCompilation(vocabulary: Vocabulary): Compilation {
  const sized = { maxSize: CACHED_CHARACTERS, sizeCalculation: (_: unknown, source: string) => source.length + 1 };
  const templates = new LRUCache<string, CompiledTemplate>(sized);
  const codes = new LRUCache<string, AnalysedCode>(sized);
  return {
    template: (source) => cached(templates, source, () => compileTemplate(source, vocabulary)),
    code: (source) => cached(codes, source, () => analyseCode(source)),
  };
}

function cached<Value extends object>(cache: LRUCache<string, Value>, source: string, make: () => Value): Value {
  const known = cache.get(source);
  if (known !== undefined) return known;
  const made = make();
  cache.set(source, made);
  return made;
}

function compileTemplate(source: string, vocabulary: Vocabulary): CompiledTemplate {
  if (source.length > LONGEST_TEMPLATE) return failed('ExpressionError', `The expression is too long: ${source.length} characters, at most ${LONGEST_TEMPLATE} are allowed`);
  try {
    const reads: DataReads[] = [];
    const parts = splitTemplate(source).map((part): CompiledPart => {
      if (part.kind === 'text') return part.text;
      const rewritten = rewriteExpression(part.text, vocabulary);
      reads.push(rewritten.reads);
      return { source: rewritten.source };
    });
    return { parts: parts.length === 0 ? [''] : parts, reads: unitedReads(reads) };
  } catch (error) {
    if (error instanceof RefusedExpression) return failed(error.name, error.message);
    // A tree deeper than the stack: acorn got through, the walk over it did not.
    if (error instanceof RangeError) return failed('Error', 'invalid syntax');
    throw error;
  }
}

function failed(name: string, message: string): CompiledTemplate {
  return { parts: [], reads: noReads, error: { name, message } };
}

function analyseCode(source: string): AnalysedCode {
  if (source.length > LONGEST_ANALYSED_CODE) return { reads: noReads };
  try {
    const tree = parse(`async function code() {\n${source}\n}`, { ecmaVersion: 'latest', sourceType: 'script' });
    return { reads: readsOf(tree, analyseScopes(tree).free) };
  } catch (error) {
    const line = (error as { loc?: { line: number } }).loc?.line;
    return line === undefined ? { reads: noReads } : { reads: noReads, syntaxErrorLine: line - 1 };
  }
}
