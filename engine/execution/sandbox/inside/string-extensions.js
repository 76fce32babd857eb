/** Methods that expressions may call on strings. */
const DOMAIN = /^(?:(?!-)[\p{L}\p{N}-]{1,63}(?<!-)\.)+(?!-)[\p{L}\p{N}-]{2,63}(?<!-)(?::\d{1,5})?$/u;
const EMAIL = /^[^\s@<>()[\],;:"]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}]{2,63}$/u;
const EMAIL_INSIDE = /[\p{L}\p{N}._%+'-]+@(?:[\p{L}\p{N}-]+\.)+\p{L}{2,63}/u;
const URL_WHOLE = /^(?:https?|ftp|file):\/\/[^\s/?#]+(?:[/?#]\S*)?$/i;
const URL_INSIDE = /(?:https?|ftp|file):\/\/[^\s/?#"'<>]+(?:[/?#][^\s"'<>]*)?/i;
const SMALL_TITLE_WORDS = new Set('a an and as at because but by en for if in neither nor of on only or over per so some than that the to up upon v versus via vs when with without yet'.split(' '));
const HASHES = { md5: 'md5', sha1: 'sha1', sha224: 'sha224', sha256: 'sha256', sha384: 'sha384', sha512: 'sha512', sha3: 'sha3-512', ripemd160: 'ripemd160' };
const LETTERS_WITHOUT_DECOMPOSITION = { ß: 'ss', æ: 'ae', Æ: 'AE', ø: 'o', Ø: 'O', œ: 'oe', Œ: 'OE', ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ð: 'd', Ð: 'D', þ: 'th', Þ: 'TH', ı: 'i' };

function hash(text, algorithm = 'md5') {
  const name = String(algorithm).toLowerCase();
  if (name === 'base64') return base64FromBytes(utf8Bytes(text));
  if (!Object.hasOwn(HASHES, name)) throw new ExpressionExtensionError(`Unknown algorithm ${algorithm}. Available algorithms are: ${Object.keys(HASHES).join(', ')}, and base64.`);
  return need('hash', HASHES[name], text);
}

function parseWhole(text, radix = 10) {
  const number = parseInt(text.replace(/^[$€£¥\s]+/, ''), radix);
  if (Number.isNaN(number)) throw new ExpressionExtensionError('cannot convert to integer');
  return number;
}

function parseDecimal(text) {
  if (text.includes(',')) throw new ExpressionExtensionError('cannot convert to float, expected . as decimal separator');
  const number = parseFloat(text.replace(/^[$€£¥\s]+/, ''));
  if (Number.isNaN(number)) throw new ExpressionExtensionError('cannot convert to float');
  return number;
}

function parseNumber(text) {
  const number = Number(text.replace(/^[$€£¥\s]+/, ''));
  if (text.trim() === '' || Number.isNaN(number)) throw new ExpressionExtensionError('cannot convert to number');
  return number;
}

function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new ExpressionExtensionError(text.includes("'") ? "Parsing failed. Check you're using double quotes" : 'Parsing failed');
  }
}

function dateFromText(text) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new ExpressionExtensionError('cannot convert to date');
  if (!text.includes(':')) date.setHours(0, 0, 0, 0);
  return date;
}

function dateTimeFromText(text, format) {
  if (['ms', 's', 'us', 'excel'].includes(format)) return dateTimeFromNumber(parseNumber(text), format);
  const parsed = format === undefined ? parseDateTime(text) : luxon.DateTime.fromFormat(text, format);
  if (parsed?.isValid) return parsed;
  throw new ExpressionExtensionError('cannot convert to Luxon DateTime');
}

/** First of the usual notations that fits; the offset in the text wins over the workflow's zone. */
function parseDateTime(text) {
  const { DateTime } = luxon;
  for (const read of ['fromISO', 'fromHTTP', 'fromRFC2822', 'fromSQL']) {
    const parsed = DateTime[read](text, { setZone: true });
    if (parsed.isValid) return parsed;
  }
  return DateTime.fromMillis(Date.parse(text));
}

function removeMarkdown(text) {
  return text
    .replace(/^\s*(?:[-*_]\s*){3,}$/gm, '')
    .replace(/^(\s*)(?:[*+-]|\d+\.)\s+/gm, '$1')
    .replace(/^\s*[=-]{2,}\s*$/gm, '')
    .replace(/^(?:`{3,}|~{3,}).*$/gm, '')
    .replace(/<[^>]*>/g, '')
    .replace(/!\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, '$1')
    .replace(/^\s{0,3}>\s?/gm, '')
    .replace(/^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$/gm, '$1')
    .replace(/(\*{1,3}|_{2,3})(\S(?:.*?\S)?)\1/g, '$2')
    .replace(/~~(\S(?:.*?\S)?)~~/g, '$1')
    .replace(/`([^`]+)`/g, '$1');
}

function toTitleCase(text) {
  let first = true;
  return text.replace(/[\p{L}\p{N}'’]+/gu, (word) => {
    const keepsSmall = !first && SMALL_TITLE_WORDS.has(word);
    first = false;
    return keepsSmall || /\p{Lu}/u.test(word.slice(1)) ? word : word[0].toUpperCase() + word.slice(1);
  });
}

function toSentenceCase(text) {
  return text.replace(/(^\s*|[.!?]\s+)(\p{Ll})/gu, (_, before, letter) => before + letter.toUpperCase());
}

function extractDomain(text) {
  const trimmed = text.trim();
  const address = EMAIL_INSIDE.exec(trimmed);
  if (address && (trimmed.startsWith('mailto:') || EMAIL.test(trimmed))) return address[0].split('@')[1];
  const host = /(?:^|\s)(?:[a-z][a-z0-9+.-]*:)?\/\/(?:[^\s/?#@]*@)?([^\s/?#:]+)/i.exec(trimmed)?.[1] ?? /(?:^|\s)((?:[\p{L}\p{N}-]+\.)+[\p{L}\p{N}-]{2,63})(?=[\s/?#:]|$)/u.exec(trimmed)?.[1];
  return host ?? address?.[0].split('@')[1];
}

function extractUrlPath(text) {
  const parts = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#]+([^?#]*)/i.exec(text.trim());
  return parts === null ? undefined : parts[1] || '/';
}

const stringExtensions = {
  isEmpty: (text) => text === '',
  isNotEmpty: (text) => text !== '',
  length: (text) => text.length,
  hash,
  toInt: parseWhole,
  toWholeNumber: parseWhole,
  toFloat: parseDecimal,
  toDecimalNumber: parseDecimal,
  toNumber: parseNumber,
  toBoolean: (text) => !['0', 'false', 'no'].includes(text.trim().toLowerCase()),
  toDate: dateFromText,
  toDateTime: dateTimeFromText,
  parseJson,
  toJsonString: (text) => JSON.stringify(text),
  quote: (text, mark = '"') => mark + text.replaceAll('\\', '\\\\').replaceAll(mark, `\\${mark}`) + mark,
  removeMarkdown,
  removeTags: (text) => text.replace(/<[^>]*>?/g, ''),
  stripTags: (text) => text.replace(/<[^>]*>?/g, ''),
  urlEncode: (text, whole = false) => (whole ? encodeURI(text) : encodeURIComponent(text)),
  urlDecode: (text, whole = false) => (whole ? decodeURI(text) : decodeURIComponent(text)),
  base64Encode: (text) => base64FromBytes(utf8Bytes(text)),
  base64Decode: (text) => textFromUtf8(bytesFromBase64(text)),
  replaceSpecialChars: (text) => text.replace(/[^\x00-\x7F]/g, (letter) => LETTERS_WITHOUT_DECOMPOSITION[letter] ?? letter).normalize('NFKD').replace(/\p{M}/gu, ''),
  toTitleCase,
  toSentenceCase,
  toSnakeCase: (text) => text.trim().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/(\p{Ll})(\p{Lu})/gu, '$1_$2').replace(/[\s-]+/g, '_').toLowerCase(),
  isNumeric: (text) => !/\s/.test(text) && text !== '' && !Number.isNaN(Number(text)),
  isUrl: (text) => URL_WHOLE.test(text),
  isDomain: (text) => DOMAIN.test(text),
  isEmail: (text) => EMAIL.test(text),
  extractEmail: (text) => EMAIL_INSIDE.exec(text)?.[0],
  extractUrl: (text) => URL_INSIDE.exec(text)?.[0],
  extractDomain,
  extractUrlPath,
};
