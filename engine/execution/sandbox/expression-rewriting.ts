/**
 * Turns one `{{ }}` chunk into the source of a function that only the sandbox's inside will compile. Nothing
 * here runs user code: acorn parses, and the text is edited at the places the syntax tree names.
 *
 * - names of workflow data become properties of one data object, other free names exist only when permitted;
 * - `a.name(b)` with the name of an extension becomes a call that looks at the type of `a` first;
 * - property names that lead out of a sandbox are refused here, computed ones by a check at run time;
 * - `$if(a, b, c)` becomes `a ? b : c`, so that only one branch runs.
 */
import { parse, type AnyNode, type CallExpression, type Expression, type Identifier, type MemberExpression, type Program } from 'acorn';
import { analyseScopes, children, isFunction, type FreeName } from './lexical-scopes.ts';
import { readsOf, type DataReads } from './data-reads.ts';
import { DATA, RUNTIME, emptiedNames, nativeNames, reservedNames, unsafeProperties } from './permitted-names.ts';

/** What the inside of the sandbox offers, by its own account. */
export interface Vocabulary {
  readonly names: ReadonlySet<string>;
  readonly extensions: ReadonlySet<string>;
}

/** An expression that can never be evaluated; the name and message reach the user. */
export class RefusedExpression extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

const invalidSyntax = () => new RefusedExpression('Error', 'invalid syntax');
const unsafeAccess = (property: string) => new RefusedExpression('ExpressionError', `Cannot access "${property}" due to security concerns`);
const reservedName = (name: string) => new RefusedExpression('ExpressionReservedVariableError', `Cannot use "${name}" due to security concerns`);
const unsafe = new Set(unsafeProperties);

const STRICT = '"use strict";';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface RewrittenExpression {
  /** `(function (data, runtime) { ... })` */
  readonly source: string;
  readonly reads: DataReads;
}

/** @throws RefusedExpression */
export function rewriteExpression(text: string, vocabulary: Vocabulary): RewrittenExpression {
  const { source, tree, expression } = parseExpression(text);
  const scopes = analyseScopes(tree);
  for (const name of scopes.declared) if (reservedNames.has(name)) throw reservedName(name);
  for (const { node } of scopes.free) if (node.name === DATA || node.name === RUNTIME) throw reservedName(node.name);
  const own = locals(scopes.free, vocabulary);
  const edits: Edit[] = scopes.outerThis.map((node) => ({ start: node.start, end: node.end, text: DATA }));
  for (const name of scopes.free) if (!own.has(name.node.name)) edits.push(...editsForName(name, vocabulary));
  const freeNodes = new Set(scopes.free.map(({ node }) => node));
  collectEdits(expression, edits, { vocabulary, freeNodes });
  const declarations = own.size === 0 ? '' : `let ${[...own].join(',')};`;
  const body = applyEdits(source, edits, expression);
  return { source: `(function(${DATA},${RUNTIME}){${STRICT}${declarations}return (\n${body}\n)})`, reads: readsOf(tree, scopes.free) };
}

/** One expression in parentheses, or one expression statement: `{a: 1}` is an object, `1;` is 1. */
function parseExpression(text: string): { source: string; tree: Program; expression: Expression } {
  const wrapped = `${STRICT}(\n${text}\n)`;
  const asOperand = tryParse(wrapped);
  const inner = asOperand?.body.length === 2 ? asOperand.body[1] : undefined;
  if (asOperand && inner?.type === 'ExpressionStatement' && inner.expression.type === 'ParenthesizedExpression' && inner.expression.end === wrapped.length)
    return { source: wrapped, tree: asOperand, expression: inner.expression };
  const source = `${STRICT}\n${text}`;
  const asStatement = tryParse(source);
  const statements = asStatement?.body.slice(1).filter(({ type }) => type !== 'EmptyStatement');
  const only = statements?.length === 1 ? statements[0] : undefined;
  if (asStatement && only?.type === 'ExpressionStatement') return { source, tree: asStatement, expression: only.expression };
  throw invalidSyntax();
}

function tryParse(source: string): Program | undefined {
  try {
    return parse(source, { ecmaVersion: 'latest', sourceType: 'script', preserveParens: true });
  } catch {
    // Also a text so deeply nested that the parser runs out of stack.
    return undefined;
  }
}

/** Unknown names that the expression assigns: they become variables of its own, gone with the evaluation. */
function locals(free: readonly FreeName[], { names }: Vocabulary): Set<string> {
  const known = (name: string) => names.has(name) || nativeNames.has(name) || emptiedNames.has(name) || unsafe.has(name);
  return new Set(free.filter(({ node, written }) => written && !known(node.name)).map(({ node }) => node.name));
}

function editsForName({ node, parent, written }: FreeName, { names }: Vocabulary): Edit[] {
  const { name } = node;
  if (unsafe.has(name)) throw unsafeAccess(name);
  if (nativeNames.has(name) && !names.has(name)) return [];
  if (names.has(name) || written) return [replacement(node, parent, `${DATA}.${name}`)];
  if (emptiedNames.has(name)) return [replacement(node, parent, `${RUNTIME}.nothing`)];
  const absent = parent.type === 'UnaryExpression' && parent.operator === 'typeof' ? 'void 0' : `${RUNTIME}.missing(${JSON.stringify(name)})`;
  return [replacement(node, parent, absent)];
}

function replacement(node: Identifier, parent: AnyNode, text: string): Edit {
  const shorthand = parent.type === 'Property' && parent.shorthand;
  return { start: node.start, end: node.end, text: shorthand ? `${node.name}: ${text}` : text };
}

interface Place {
  readonly vocabulary: Vocabulary;
  readonly freeNodes: ReadonlySet<AnyNode>;
}

/** Outer nodes first: where two insertions meet, the outer one's text must come first. */
function collectEdits(node: AnyNode, edits: Edit[], place: Place): void {
  checkKeys(node, edits);
  if (node.type === 'ImportExpression' || node.type === 'MetaProperty') throw invalidSyntax();
  if (node.type === 'CallExpression') edits.push(...editsForCall(node, place));
  for (const child of children(node)) {
    if (!(node.type === 'CallExpression' && child === node.callee && extensionCallee(node, place))) edits.push(...editsForChainLink(child, place));
    collectEdits(child, edits, place);
  }
}

/** The callee of a call that may be an extension's. */
function extensionCallee(call: CallExpression, { vocabulary }: Place): MemberExpression | undefined {
  const { callee } = call;
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return undefined;
  return callee.object.type !== 'Super' && vocabulary.extensions.has(callee.property.name) ? callee : undefined;
}

/** Whether something to the left may end the chain early: `a?.b.c()`. */
function isChained(node: AnyNode): boolean {
  if (node.type === 'CallExpression') return node.optional || isChained(node.callee);
  if (node.type === 'MemberExpression') return node.optional || isChained(node.object);
  return false;
}

/** After `a?.sum()` became a call of ours, `.b` must still be skipped when there was no `a`. */
function editsForChainLink(node: AnyNode, place: Place): Edit[] {
  if (node.type !== 'MemberExpression' || node.optional || node.object.type !== 'CallExpression') return [];
  if (!isChained(node.object) || !extensionCallee(node.object, place)) return [];
  const from = node.object.end;
  return [node.computed ? { start: from, end: from, text: '?.' } : { start: from, end: node.property.start, text: '?.' }];
}

function checkKeys(node: AnyNode, edits: Edit[]): void {
  if (node.type === 'MemberExpression') checkKey(node.property, node.computed, edits);
  if (node.type === 'ObjectPattern') for (const property of node.properties) if (property.type === 'Property') checkKey(property.key, property.computed, edits);
  if (node.type === 'ObjectExpression')
    for (const property of node.properties) if (property.type === 'Property' && !property.computed && literalKey(property.key, false) === '__proto__') throw invalidSyntax();
}

function checkKey(key: AnyNode, computed: boolean, edits: Edit[]): void {
  const literal = literalKey(key, computed);
  if (literal !== undefined && unsafe.has(literal)) throw unsafeAccess(literal);
  if (!computed || literal !== undefined) return;
  edits.push({ start: key.start, end: key.start, text: `${RUNTIME}.key(` }, { start: key.end, end: key.end, text: ')' });
}

function literalKey(key: AnyNode, computed: boolean): string | undefined {
  if (key.type === 'Identifier' && !computed) return key.name;
  if (key.type === 'Literal' && (typeof key.value === 'string' || typeof key.value === 'number')) return String(key.value);
  return undefined;
}

function editsForCall(call: CallExpression, place: Place): Edit[] {
  const { callee } = call;
  if (callee.type === 'Identifier' && callee.name === '$if' && place.freeNodes.has(callee)) return editsForCondition(call);
  const extension = extensionCallee(call, place);
  return extension === undefined ? [] : editsForExtension(call, extension);
}

/**
 * `object.name(a, b)` to `runtime.call(object, "name", [a, b])`; in a chain the arguments wait until the object
 * is known to exist, unless they suspend the function they stand in, which a function of their own could not.
 */
function editsForExtension(call: CallExpression, callee: MemberExpression): Edit[] {
  const name = JSON.stringify((callee.property as Identifier).name);
  const waits = call.arguments.some(suspends);
  const [method, open, close] = !isChained(call) ? ['call', '[', '])'] : waits ? ['chain', `${RUNTIME}.given([`, ']))'] : ['chain', '() => [', '])'];
  const opening = { start: call.start, end: call.start, text: `${RUNTIME}.${method}(` };
  const first = call.arguments[0];
  if (first === undefined) return [opening, { start: callee.object.end, end: call.end, text: `, ${name}, ${open}${close}` }];
  return [opening, { start: callee.object.end, end: first.start, text: `, ${name}, ${open}` }, { start: call.end - 1, end: call.end, text: close }];
}

function suspends(node: AnyNode): boolean {
  if (node.type === 'AwaitExpression' || node.type === 'YieldExpression') return true;
  return !isFunction(node) && children(node).some(suspends);
}

function editsForCondition(call: CallExpression): Edit[] {
  const [condition, yes, no] = call.arguments;
  if (!condition || !yes || call.arguments.length > 3 || call.arguments.some(({ type }) => type === 'SpreadElement')) return [];
  const edits = [
    { start: call.start, end: condition.start, text: '((' },
    { start: condition.end, end: yes.start, text: ') ? (' },
  ];
  if (no) edits.push({ start: yes.end, end: no.start, text: ') : (' });
  edits.push({ start: (no ?? yes).end, end: call.end, text: no ? '))' : ') : (false))' });
  return edits;
}

/** Insertions stand before replacements at the same place; of two replacements the longer one holds the other. */
function applyEdits(source: string, edits: readonly Edit[], { start, end }: { start: number; end: number }): string {
  const insertsFirst = (edit: Edit) => (edit.end === edit.start ? 0 : 1);
  const ordered = [...edits].sort((left, right) => left.start - right.start || insertsFirst(left) - insertsFirst(right) || (insertsFirst(left) && right.end - left.end));
  let text = '';
  let at = start;
  for (const edit of ordered) {
    if (edit.start < at) continue;
    text += source.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + source.slice(at, end);
}
