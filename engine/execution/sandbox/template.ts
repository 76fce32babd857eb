/**
 * Splits an expression template into text and code, as n8n's templates behave:
 * `{{` opens, the next `}}` closes, a backslash before either keeps it from doing so.
 */
export type TemplatePart = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'code'; readonly text: string };

/** Whether a parameter value is a template at all. */
export function isTemplate(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('=');
}

/**
 * The parts of `source` without its leading `=`, without empty texts. An opening that is never closed is text.
 * In code, `\}}` stands for `}}`; in text, escaped braces stay as written.
 */
export function splitTemplate(source: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 1;
  while (at < source.length) {
    const opens = nextUnescaped(source, '{{', at);
    const closes = opens === -1 ? -1 : nextUnescaped(source, '}}', opens + 2);
    if (closes === -1) break;
    if (opens > at) parts.push({ kind: 'text', text: source.slice(at, opens) });
    parts.push({ kind: 'code', text: source.slice(opens + 2, closes).replaceAll('\\}}', '}}') });
    at = closes + 2;
  }
  if (at < source.length) parts.push({ kind: 'text', text: source.slice(at) });
  return parts;
}

function nextUnescaped(source: string, braces: string, from: number): number {
  let found = source.indexOf(braces, from);
  while (found > from && source[found - 1] === '\\') found = source.indexOf(braces, found + 2);
  return found;
}
