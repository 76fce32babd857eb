import { expect } from 'chai';
import { after, test } from 'node:test';
import { silentLogger } from '../../kernel/index.ts';
import { itemsOf, scopeWith } from './scope-for-test.ts';
import { createSandbox } from './sandbox.ts';

const sandbox = createSandbox({ memoryMb: 64, timeoutMs: 5_000, log: silentLogger, processes: 1 });
after(() => sandbox.close());

/** Checks `expression -> value` pairs in one crossing; a string that starts with `!` is the wanted error. */
async function expectAll(wanted: Record<string, unknown>): Promise<void> {
  const texts = Object.keys(wanted);
  const values = await Promise.all(texts.map((text) => sandbox.resolve(`={{ ${text} }}`, scopeWith(itemsOf({ none: null })), [0])));
  texts.forEach((text, position) => {
    const [result] = values[position]!;
    expect(result!.ok ? result!.value : `!${result!.error.message}`, text).to.deep.equal(wanted[text]);
  });
}

test('arrays', () => expectAll({
  '[3, 1, 2].sum()': 6, '[3, 1].max() - [3, 1].min()': 2, '[].average()': 0, '[1, "2"].sum()': '!sum(): all array elements must be numbers',
  '[1, 1, { a: 1 }, { a: 1 }].unique()': [1, { a: 1 }], '[{ a: 1, b: 1 }, { a: 1, b: 2 }].removeDuplicates("a")': [{ a: 1, b: 1 }],
  '[{ a: 1, b: 2 }, 5, { b: 3 }].pluck("a")': [1], '[1, 2, 3].chunk(2)': [[1, 2], [3]], '[1].chunk(0)': '!chunk(): expected non-zero numeric arg, e.g. .chunk(5)',
  '[1, null, "", {}, { a: null, b: 1 }].compact()': [1, { b: 1 }], '[{ n: "x", v: 1 }, { n: "y", v: 2 }].smartJoin("n", "v")': { x: 1, y: 2 },
  '[{ a: 1 }].renameKeys("a", "b")': [{ b: 1 }], '[{ a: 1 }].merge([{ a: 2, c: 3 }])': { a: 1, c: 3 }, '[1, 2].union([2, 3])': [1, 2, 3], '[1, [2]].difference([[2]])': [1], '[1, { a: 1 }].intersection([{ a: 1 }])': [{ a: 1 }],
  '[1].append(2, 3)': [1, 2, 3], '[1, 2].first() + [1, 2].last()': 3, '[5].randomItem()': 5, '[].isEmpty() && [0].isNotEmpty()': true, '[1].toJsonString()': '[1]',
}));

test('objects', () => expectAll({
  '({ a: 1 }).hasField("a")': true, '({ a: 1, b: 2 }).removeField("a")': { b: 2 }, '({ a: "x1", b: "y" }).removeFieldsContaining("x")': { b: 'y' }, '({ a: "x1", b: 1 }).keepFieldsContaining("x")': { a: 'x1' },
  '({ a: null, b: { c: "", d: 0 } }).compact()': { b: { d: 0 } }, '({ a: "1 & 2", b: "ä" }).urlEncode()': 'a=1+%26+2&b=%C3%A4', '({ a: 1 }).merge({ a: 2, b: 3 })': { a: 1, b: 3 }, '({ a: 1 }).keys()': ['a'], '({ a: 1 }).values()': [1], '({}).isEmpty()': true,
}));

test('strings', () => expectAll({
  '"a".hash()': '0cc175b9c0f1b6a831c399e269772661', '"a".hash("sha256").length': 64, '"a".hash("rot13")': '!Unknown algorithm rot13. Available algorithms are: md5, sha1, sha224, sha256, sha384, sha512, sha3, ripemd160, and base64.',
  '"añ😀".base64Encode().base64Decode()': 'añ😀', '"7.9 apples".toInt()': 7, '"3.5".toFloat()': 3.5, '"x".toInt()': '!cannot convert to integer', '"No".toBoolean()': false, '"yes".toBoolean()': true,
  '"the lord of the rings".toTitleCase()': 'The Lord of the Rings', '"HTTP request-id".toSnakeCase()': 'http_request_id', '"one. two".toSentenceCase()': 'One. Two', '"Škoda Łódź".replaceSpecialChars()': 'Skoda Lodz',
  '"# Big *news*: [here](http://x.io)".removeMarkdown()': 'Big news: here', '"<b>bold</b>".removeTags()': 'bold', '"it\\"s".quote()': '"it\\"s"', '"a b&c".urlEncode().urlDecode()': 'a b&c',
  '"call me@home.org now".extractEmail()': 'me@home.org', '"see https://a.b/c?d#e now".extractUrl()': 'https://a.b/c?d#e', '"https://u:p@shop.example.com:80/x".extractDomain()': 'shop.example.com', '"https://a.b/c/d?e".extractUrlPath()': '/c/d',
  '"a@b.co".isEmail()': true, '"a@b".isEmail()': false, '"ftp://a/b".isUrl()': true, '"a.b.co".isDomain()': true, '"12.5".isNumeric()': true, '"1 2".isNumeric()': false, '"{\\"a\\": 1}".parseJson()': { a: 1 }, '"{".parseJson()': '!Parsing failed', '"abc".length()': 3,
}));

test('numbers and booleans', () => expectAll({
  '(1234.567).format()': '1,234.567', '(1234.5).format("de-DE")': '1.234,5', '(2.345).round(2)': 2.35, '(2.1).ceil() + (2.9).floor()': 5, '(-3).isOdd()': true, '(1.5).isEven()': '!isEven() is only callable on integers', '(-4).abs()': 4, '(2.7).toInt()': 2, '(0).toBoolean()': false,
  '(1e9).toDateTime("s").toISODate()': '2001-09-08', '(1).toDateTime("eons")': "!Unsupported format 'eons'. toDateTime() supports 'ms', 's', 'us' and 'excel'.", '(true).toInt() + (false).toNumber()': 1,
}));

test('dates keep their kind and the zone of the workflow', () => expectAll({
  '"2026-03-14".toDateTime().toISO()': '2026-03-14T00:00:00.000-04:00', '"2026-03-14T10:00:00+09:00".toDateTime().toISO()': '2026-03-14T10:00:00.000+09:00', '"soon".toDateTime()': '!cannot convert to Luxon DateTime', '"soon".toDate()': '!cannot convert to date',
  '$now.beginningOf("month").toISODate()': '2026-03-01', '$now.endOfMonth().day': 31, '$now.extract("yearDayNumber")': 73, '$now.format("dd.LL.yyyy")': '14.03.2026', '$now.isWeekend()': true, '$now.isDst()': true, '$now.plus(2, "days").day': 16, '$now.plus({ days: 1 }).minus(1, "day").day': 14,
  'new Date(0).plus(1, "hour").toISOString()': '1970-01-01T01:00:00.000Z', '$now.isBetween("2026-03-01", "2026-04-01")': true, '$now.isBetween("2026-03-01")': '!isBetween(): expected exactly two args', '$now.minus(5, "minutes").isInLast(10)': true,
  '"2026-03-15".toDateTime().diffTo("2026-03-14", "hours")': 24, '"2026-05-15".toDateTime().diffTo("2026-03-14", ["months", "days"])': { months: 2, days: 1 }, '$now.toInt()': 1773500966000,
}));

test('nothing has the two methods that ask for it, and no others', () => expectAll({
  '$json.none.isEmpty()': true, '$json.absent.isNotEmpty()': false, '$json.none.toInt()': "!toInt() can't be used on null value", '$json.none?.toInt()': undefined, '"a".chunk(1)': '!chunk() is only callable on types "Array"',
}));

test('functions by name', () => expectAll({
  '$if(1 > 2, $json.none.boom, "no")': 'no', '$ifEmpty("", "d")': 'd', '$ifEmpty(0, "d")': 0, '$not(1)': false, '$min(3, 1) + $max(1, 3)': 4, '$average(1, 2)': 1.5, 'numberList(3, 1)': [3, 2, 1], 'zip(["a"], [1])': { a: 1 }, '$jmespath({ p: [{ n: 1 }, { n: 2 }] }, "p[?n > `1`].n")': [2], '$fromAI("city", "", "string", "Rome")': 'Rome',
  '[..."ab"].map((x) => x.toUpperCase()).join("")': 'AB', 'Math.max(1, 2)': 2, '[...new Map([[1, 2]]).keys()]': [1],
}));
