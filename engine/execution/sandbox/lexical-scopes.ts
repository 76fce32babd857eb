import type { AnyNode, Function as FunctionNode, Identifier, Pattern, Program } from 'acorn';

/** An identifier that no declaration of the expression itself explains. */
export interface FreeName {
  readonly node: Identifier;
  readonly parent: AnyNode;
  /** Assigned to, counted up or used as a loop variable. */
  readonly written: boolean;
}

interface LexicalScope {
  readonly names: Set<string>;
  readonly outer: LexicalScope | undefined;
}

export interface LexicalAnalysis {
  readonly free: readonly FreeName[];
  readonly declared: ReadonlySet<string>;
  /** `this` outside of any function that has its own. */
  readonly outerThis: readonly AnyNode[];
}

/** Resolves every identifier of a program against its declarations, with hoisting. */
export function analyseScopes(program: Program): LexicalAnalysis {
  const free: FreeName[] = [];
  const declared = new Set<string>();
  const outerThis: AnyNode[] = [];
  const written = new Set<Identifier>();

  const open = (outer: LexicalScope | undefined, names: Iterable<string>): LexicalScope => {
    const scope = { names: new Set(names), outer };
    for (const name of scope.names) declared.add(name);
    return scope;
  };

  const visit = (node: AnyNode, parent: AnyNode, scope: LexicalScope, ownThis: boolean): void => {
    if (node.type === 'Identifier') {
      if (!isDeclared(node.name, scope)) free.push({ node, parent, written: written.has(node) });
      return;
    }
    if (node.type === 'ThisExpression' && !ownThis) outerThis.push(node);
    for (const target of assignedBy(node)) written.add(target);
    const inner = scopeOpenedBy(node);
    const next = inner === undefined ? scope : open(scope, inner);
    const bindsThis = ownThis || (isFunction(node) && node.type !== 'ArrowFunctionExpression') || node.type === 'PropertyDefinition' || node.type === 'StaticBlock';
    for (const child of references(node)) visit(child, node, next, bindsThis);
  };

  visit(program, program, open(undefined, []), false);
  return { free, declared, outerThis };
}

function isDeclared(name: string, scope: LexicalScope | undefined): boolean {
  for (let at = scope; at !== undefined; at = at.outer) if (at.names.has(name)) return true;
  return false;
}

export function isFunction(node: AnyNode): node is FunctionNode & AnyNode {
  return node.type === 'FunctionExpression' || node.type === 'FunctionDeclaration' || node.type === 'ArrowFunctionExpression';
}

/** The names a node brings into a scope of its own; undefined when it opens none. */
function scopeOpenedBy(node: AnyNode): string[] | undefined {
  if (isFunction(node)) {
    const own = node.type === 'ArrowFunctionExpression' ? [] : ['arguments', ...(node.id ? [node.id.name] : [])];
    return [...own, ...node.params.flatMap(boundNames), ...hoistedVariables(node.body)];
  }
  switch (node.type) {
    case 'Program': return [...lexicalNames(node.body), ...hoistedVariables(node)];
    case 'BlockStatement': case 'StaticBlock': return lexicalNames(node.body);
    case 'SwitchStatement': return node.cases.flatMap((branch) => lexicalNames(branch.consequent));
    case 'ForStatement': return node.init?.type === 'VariableDeclaration' ? lexicalNames([node.init]) : [];
    case 'ForInStatement': case 'ForOfStatement': return node.left.type === 'VariableDeclaration' ? lexicalNames([node.left]) : [];
    case 'CatchClause': return node.param ? boundNames(node.param) : [];
    case 'ClassExpression': return node.id ? [node.id.name] : [];
    default: return undefined;
  }
}

function lexicalNames(statements: readonly AnyNode[]): string[] {
  return statements.flatMap((statement) => {
    if (statement.type === 'VariableDeclaration' && statement.kind !== 'var') return statement.declarations.flatMap(({ id }) => boundNames(id));
    if ((statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') && statement.id) return [statement.id.name];
    return [];
  });
}

/** `var` names of a function body, from nested blocks too, but not from nested functions. */
function hoistedVariables(node: AnyNode): string[] {
  return children(node).flatMap((child) => {
    if (isFunction(child)) return [];
    const own = child.type === 'VariableDeclaration' && child.kind === 'var' ? child.declarations.flatMap(({ id }) => boundNames(id)) : [];
    return [...own, ...hoistedVariables(child)];
  });
}

function boundNames(pattern: Pattern): string[] {
  return boundIdentifiers(pattern).map(({ name }) => name);
}

function boundIdentifiers(pattern: AnyNode): Identifier[] {
  switch (pattern.type) {
    case 'Identifier': return [pattern];
    case 'ObjectPattern': return pattern.properties.flatMap((property) => boundIdentifiers(property.type === 'RestElement' ? property.argument : property.value));
    case 'ArrayPattern': return pattern.elements.flatMap((element) => (element === null ? [] : boundIdentifiers(element)));
    case 'RestElement': return boundIdentifiers(pattern.argument);
    case 'AssignmentPattern': return boundIdentifiers(pattern.left);
    case 'ParenthesizedExpression': return boundIdentifiers(pattern.expression);
    default: return [];
  }
}

function assignedBy(node: AnyNode): Identifier[] {
  switch (node.type) {
    case 'AssignmentExpression': return boundIdentifiers(node.left);
    case 'UpdateExpression': return boundIdentifiers(node.argument);
    case 'ForInStatement': case 'ForOfStatement': return node.left.type === 'VariableDeclaration' ? [] : boundIdentifiers(node.left);
    default: return [];
  }
}

/** Child nodes, in source order. */
export function children(node: AnyNode): AnyNode[] {
  const found: AnyNode[] = [];
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) found.push(...value.filter(isNode));
    else if (isNode(value)) found.push(value);
  }
  return found.sort((left, right) => left.start - right.start);
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** Children in which an identifier is a reference and not the name of a property or a label. */
function references(node: AnyNode): AnyNode[] {
  const all = children(node);
  switch (node.type) {
    case 'MemberExpression': return node.computed ? all : all.filter((child) => child !== node.property);
    case 'Property': case 'MethodDefinition': case 'PropertyDefinition':
      if (node.type === 'Property' && node.shorthand) return [node.value];
      return node.computed ? all : all.filter((child) => child !== node.key);
    case 'LabeledStatement': return [node.body];
    case 'BreakStatement': case 'ContinueStatement': case 'MetaProperty': return [];
    default: return all;
  }
}
