/** JSON as people write it: unquoted keys, single quotes, trailing commas. Literals only; nothing is ever executed. */
import { parseExpressionAt, type Expression, type SpreadElement } from 'acorn';

/** Throws SyntaxError when the text is neither JSON nor a JavaScript literal. */
export function parseRelaxedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const padded = `(${text}\n)`;
    const node = parseExpressionAt(padded, 0, { ecmaVersion: 2024, preserveParens: true });
    if (padded.slice(node.end).trim() !== '') throw new SyntaxError('there is more than one value');
    return valueOf(node);
  }
}

function valueOf(node: Expression | SpreadElement | null): unknown {
  switch (node?.type) {
    case 'Literal':
      if (node.regex) break;
      return node.value;
    case 'TemplateLiteral':
      if (node.expressions.length > 0) break;
      return node.quasis.map((part) => part.value.cooked).join('');
    case 'Identifier':
      if (node.name === 'undefined') return undefined;
      break;
    case 'ParenthesizedExpression':
      return valueOf(node.expression);
    case 'UnaryExpression':
      return signed(node.operator, valueOf(node.argument));
    case 'ArrayExpression':
      return node.elements.map(valueOf);
    case 'ObjectExpression':
      return objectOf(node);
  }
  throw new SyntaxError(`${node?.type ?? 'a hole'} is not a literal value`);
}

function signed(operator: string, value: unknown): number {
  if (typeof value === 'number' && operator === '-') return -value;
  if (typeof value === 'number' && operator === '+') return value;
  throw new SyntaxError(`${operator} is not part of a literal value`);
}

function objectOf(node: Extract<Expression, { type: 'ObjectExpression' }>): Record<string, unknown> {
  const entries = node.properties.map((property): [string, unknown] => {
    if (property.type !== 'Property' || property.computed || property.kind !== 'init') throw new SyntaxError('only plain fields are literal values');
    const { key } = property;
    return [key.type === 'Identifier' ? key.name : String(valueOf(key)), valueOf(property.value)];
  });
  return Object.fromEntries(entries);
}
