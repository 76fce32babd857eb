/** UTF-8 and Base64, which the bare language does not have. */
const BASE64_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const base64Values = new Map([...BASE64_DIGITS, '-', '_'].map((digit, value) => [digit, value < 64 ? value : value - 2]));

function utf8Bytes(text) {
  const bytes = [];
  for (const character of text) {
    const point = character.codePointAt(0) >= 0xd800 && character.codePointAt(0) <= 0xdfff ? 0xfffd : character.codePointAt(0);
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    else bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
  }
  return bytes;
}

/** Bytes as text; what is not UTF-8 becomes U+FFFD. */
function textFromUtf8(bytes) {
  const pieces = [];
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at];
    const length = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
    let point = length === 1 ? lead : lead & (0x7f >> length);
    let read = 1;
    while (read < length && (bytes[at + read] & 0xc0) === 0x80) point = (point << 6) | (bytes[at + read++] & 63);
    const shortest = [0, 0, 0x80, 0x800, 0x10000][length];
    const valid = length > 0 && read === length && point >= shortest && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
    pieces.push(valid ? String.fromCodePoint(point) : '\ufffd');
    at += valid ? length : 1;
  }
  return pieces.join('');
}

function base64FromBytes(bytes) {
  const pieces = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const [first, second = 0, third = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]];
    const missing = Math.max(0, at + 3 - bytes.length);
    const group = [first >> 2, ((first & 3) << 4) | (second >> 4), ((second & 15) << 2) | (third >> 6), third & 63].map((value) => BASE64_DIGITS[value]);
    pieces.push(group.slice(0, 4 - missing).join('') + '='.repeat(missing));
  }
  return pieces.join('');
}

function bytesFromBase64(text) {
  const bytes = [];
  let bits = 0;
  let held = 0;
  for (const digit of text) {
    const value = base64Values.get(digit);
    if (value === undefined) continue;
    held = ((held << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) bytes.push((held >> (bits -= 8)) & 255);
  }
  return bytes;
}
