/**
 * JSON that PostgreSQL's jsonb takes. It refuses U+0000 and halves of surrogate pairs, both of which a user's
 * data may contain, and a refused audit record would stop the action or, from the journal, every later record.
 */
export const storableText = (text: string) => text.toWellFormed().replaceAll('\0', '\uFFFD');

const storable = (_key: string, value: unknown): unknown => {
  if (typeof value === 'string') return storableText(value);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storableText(key), inner]));
};

export const storableJson = (value: unknown) => JSON.stringify(value, storable);
