import { NodeFault } from './fault.ts';

/** A pattern as users write it: `/a+/gi` or the bare source. Throws NodeFault when it is no regular expression. */
export function regexFrom(pattern: unknown): RegExp {
  const text = String(pattern ?? '');
  const [, source, flags] = /^\/(.*?)\/([a-z]*)$/s.exec(text) ?? [];
  try {
    return source === undefined ? new RegExp(text) : new RegExp(source, flags);
  } catch {
    throw new NodeFault(`"${text}" is not a valid regular expression`);
  }
}
