/** Methods that expressions may call on numbers, booleans and dates. */
const EXCEL_DAY_OF_UNIX_EPOCH = 25569;
const MILLISECONDS_OF_A_DAY = 86_400_000;

function dateTimeFromNumber(number, format = 'ms') {
  const milliseconds = { ms: () => number, s: () => number * 1000, us: () => number / 1000, excel: () => (number - EXCEL_DAY_OF_UNIX_EPOCH) * MILLISECONDS_OF_A_DAY }[format];
  if (milliseconds === undefined) throw new ExpressionExtensionError(`Unsupported format '${format}'. toDateTime() supports 'ms', 's', 'us' and 'excel'.`);
  return luxon.DateTime.fromMillis(Math.round(milliseconds()));
}

function integerOnly(name, number) {
  if (!Number.isInteger(number)) throw new ExpressionExtensionError(`${name}() is only callable on integers`);
  return number;
}

const numberExtensions = {
  isEmpty: () => false,
  isNotEmpty: () => true,
  abs: (number) => Math.abs(number),
  ceil: (number) => Math.ceil(number),
  floor: (number) => Math.floor(number),
  round: (number, digits = 0) => Math.round(number * 10 ** digits) / 10 ** digits,
  format: (number, locale = 'en-US', options = {}) => new Intl.NumberFormat(locale, options).format(number),
  isInteger: (number) => Number.isInteger(number),
  isEven: (number) => integerOnly('isEven', number) % 2 === 0,
  isOdd: (number) => Math.abs(integerOnly('isOdd', number)) % 2 === 1,
  toInt: (number) => Math.trunc(number),
  toFloat: (number) => number,
  toNumber: (number) => number,
  toBoolean: (number) => number !== 0,
  toDateTime: dateTimeFromNumber,
  toJsonString: (number) => JSON.stringify(number),
};

const booleanExtensions = {
  isEmpty: () => false,
  isNotEmpty: () => true,
  toBoolean: (value) => value,
  toInt: Number,
  toFloat: Number,
  toNumber: Number,
  toDateTime: () => undefined,
  toJsonString: (value) => JSON.stringify(value),
};

const isDateTime = (value) => luxon.DateTime.isDateTime(value);
const asDateTime = (date) => (isDateTime(date) ? date : luxon.DateTime.fromJSDate(date));

/** `change` on a DateTime, given back as the kind that came in. */
function onDate(date, change) {
  const changed = change(asDateTime(date));
  return isDateTime(date) ? changed : changed.toJSDate();
}

function dateFrom(value) {
  if (isDateTime(value)) return value;
  if (value instanceof Date) return luxon.DateTime.fromJSDate(value);
  const parsed = typeof value === 'string' ? parseDateTime(value) : undefined;
  return parsed?.isValid ? parsed : undefined;
}

const durationFrom = (amount, unit) => (typeof amount === 'object' ? amount : { [unit]: amount });

function isBetween(date, ...bounds) {
  if (bounds.length !== 2) throw new ExpressionExtensionError('isBetween(): expected exactly two args');
  const [first, second] = bounds.map(dateFrom);
  if (first === undefined || second === undefined) return undefined;
  const at = asDateTime(date).toMillis();
  return Math.min(first, second) < at && at < Math.max(first, second);
}

function isInLast(date, amount = 0, unit = 'minutes') {
  const now = luxon.DateTime.now();
  const at = asDateTime(date);
  return now.minus({ [unit]: amount }) <= at && at <= now;
}

/** In one unit a number, in several an object. */
function differenceBetween(later, earlier, given) {
  const units = Array.isArray(given) ? given : [given];
  const difference = later.diff(earlier, units).toObject();
  return units.length === 1 ? Object.values(difference)[0] : difference;
}

function diffTo(date, other, units = 'days') {
  const reference = dateFrom(other);
  if (reference === undefined) throw new ExpressionExtensionError('diffTo(): expected a date or a text that is one as first argument');
  return differenceBetween(asDateTime(date), reference, units);
}

function extract(date, part = 'week') {
  const unit = { week: 'weekNumber', yearDayNumber: 'ordinal' }[part] ?? part;
  return asDateTime(date).get(unit);
}

const dateExtensions = {
  isEmpty: () => false,
  isNotEmpty: () => true,
  beginningOf: (date, unit = 'week') => onDate(date, (at) => at.startOf(unit)),
  endOfMonth: (date) => onDate(date, (at) => at.endOf('month')),
  extract,
  format: (date, format = 'yyyy-MM-dd', options = undefined) => asDateTime(date).toFormat(format, options),
  isBetween,
  isDst: (date) => asDateTime(date).isInDST,
  isInLast,
  isWeekend: (date) => asDateTime(date).weekday > 5,
  plus: (date, amount, unit = 'milliseconds') => onDate(date, (at) => at.plus(durationFrom(amount, unit))),
  minus: (date, amount, unit = 'milliseconds') => onDate(date, (at) => at.minus(durationFrom(amount, unit))),
  diffTo,
  diffToNow: (date, units = 'days') => differenceBetween(asDateTime(date), luxon.DateTime.now(), units),
  toDateTime: asDateTime,
  toInt: (date) => asDateTime(date).toMillis(),
  toFloat: (date) => asDateTime(date).toMillis(),
  toNumber: (date) => asDateTime(date).toMillis(),
  toBoolean: () => undefined,
};
