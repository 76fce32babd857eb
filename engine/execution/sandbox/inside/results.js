/**
 * What leaves: JSON, plus marks for the values at the top that JSON cannot say (undefined, NaN, infinities).
 * Inside of objects JSON's own rules hold, as for every item that is stored: dates become ISO text,
 * functions and undefined vanish, NaN becomes null.
 */
function exportRow(row, position, marks) {
  for (let column = 0; column < row.length; column += 1) {
    const value = row[column];
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) continue;
    if (typeof value === 'number' && Number.isFinite(value)) continue;
    row[column] = exportValue(value, (mark) => marks.push([position, column, mark]));
  }
  return row;
}

function exportValue(value, mark) {
  switch (typeof value) {
    case 'undefined': case 'symbol': return mark('undefined'), null;
    case 'number': return Number.isFinite(value) ? value : (mark(String(value)), null);
    case 'bigint': return String(value);
    case 'function': return {};
    case 'object': return exportObject(value);
    default: return value;
  }
}

/** Text first: what throws or loops must fail for this item alone, not for the whole answer. */
function exportObject(value) {
  if (value === null) return null;
  let text;
  try {
    text = JSON.stringify(value);
  } catch {
    text = JSON.stringify(value, withoutSurprises());
  }
  return text === undefined ? null : new ReadyText(text);
}

/** JSON that is already text; joined into the answer without being parsed and written again. */
class ReadyText {
  constructor(text) {
    this.text = text;
  }
}

/** A replacer for values that JSON refuses: big integers become text, a circle an error. */
function withoutSurprises() {
  const path = [];
  return function (_, value) {
    if (typeof value === 'bigint') return String(value);
    if (value === null || typeof value !== 'object') return value;
    while (path.length > 0 && path.at(-1) !== this) path.pop();
    if (path.includes(value)) throw new ExpressionError('The result refers to itself and cannot be kept', { description: 'Return a copy without the circular reference' });
    path.push(value);
    return value;
  };
}

function writeRow(row) {
  if (row === null) return 'null';
  return `[${row.map((value) => (value instanceof ReadyText ? value.text : JSON.stringify(value))).join(',')}]`;
}

/** The answer of a job as one text. */
function writeOutcome({ rows, ...rest }) {
  return rows === undefined ? JSON.stringify(rest) : `{"rows":[${rows.map(writeRow).join(',')}],"rest":${JSON.stringify(rest)}}`;
}
