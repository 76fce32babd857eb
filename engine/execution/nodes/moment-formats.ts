/** Date patterns in the notation of Moment, which version 1 of Date & Time speaks, written and read with Luxon. */
import { DateTime } from 'luxon';

/** The longest name first, so that `MMMM` is not read as twice `MM`. */
const tokens: readonly (readonly [string, string])[] = [
  ['YYYY', 'yyyy'], ['YY', 'yy'], ['MMMM', 'LLLL'], ['MMM', 'LLL'], ['MM', 'LL'], ['M', 'L'],
  ['DDDD', 'ooo'], ['DDD', 'o'], ['DD', 'dd'], ['D', 'd'], ['dddd', 'cccc'], ['ddd', 'ccc'], ['E', 'c'],
  ['HH', 'HH'], ['H', 'H'], ['hh', 'hh'], ['h', 'h'], ['kk', 'HH'], ['k', 'H'], ['mm', 'mm'], ['m', 'm'], ['ss', 'ss'], ['s', 's'], ['SSS', 'SSS'], ['SS', 'uu'], ['S', 'uuu'],
  ['A', 'a'], ['ZZ', 'ZZZ'], ['Z', 'ZZ'], ['z', 'ZZZZ'], ['GGGG', 'kkkk'], ['WW', 'WW'], ['W', 'W'], ['Q', 'q'], ['X', 'X'], ['x', 'x'],
  ['LTS', 'h:mm:ss a'], ['LT', 'h:mm a'], ['LLLL', "cccc, LLLL d, yyyy h:mm a"], ['LLL', "LLLL d, yyyy h:mm a"], ['LL', 'LLLL d, yyyy'], ['L', 'LL/dd/yyyy'],
];
const byLength = tokens.toSorted(([a], [b]) => b.length - a.length);

interface Part {
  readonly token?: string;
  readonly literal?: string;
}

function parse(pattern: string): Part[] {
  const parts: Part[] = [];
  let rest = pattern;
  while (rest) {
    const escaped = /^\[([^\]]*)\]/.exec(rest);
    const special = /^(Do|dd|d|a)/.exec(rest)?.[1];
    const known = byLength.find(([name]) => rest.startsWith(name));
    if (escaped) parts.push({ literal: escaped[1] ?? '' });
    else if (special && (!known || known[0].length < special.length)) parts.push({ token: special });
    else if (known) parts.push({ token: known[0] });
    else parts.push({ literal: rest[0] as string });
    rest = rest.slice(escaped?.[0].length ?? (special && (!known || known[0].length < special.length) ? special.length : (known?.[0].length ?? 1)));
  }
  return parts;
}

const ordinals = ['th', 'st', 'nd', 'rd'];
const particular: Record<string, (date: DateTime) => string> = {
  Do: ({ day }) => `${day}${Math.floor((day % 100) / 10) === 1 ? 'th' : (ordinals[day % 10] ?? 'th')}`,
  dd: (date) => date.toFormat('ccc').slice(0, 2),
  d: ({ weekday }) => String(weekday % 7),
  a: (date) => date.toFormat('a').toLowerCase(),
};

export function formatMoment(date: DateTime, pattern: string): string {
  const english = date.setLocale('en-US');
  return parse(pattern)
    .map(({ token, literal }) => literal ?? particular[token as string]?.(english) ?? english.toFormat(luxonOf(token as string)))
    .join('');
}

const luxonOf = (token: string) => byLength.find(([name]) => name === token)?.[1] ?? token;

/** Reads text by a pattern, in the zone given where the text names none; invalid when it does not fit. */
export function parseMoment(text: string, pattern: string, zone: string): DateTime {
  const format = parse(pattern)
    .map(({ token, literal }) => (literal === undefined ? luxonOf(token as string).replace('Do', 'd') : /[A-Za-z]/.test(literal) ? `'${literal}'` : literal))
    .join('');
  return DateTime.fromFormat(text.trim(), format, { zone, locale: 'en-US' });
}
