/** Functions that expressions call by name. */
function ifEmpty(...given) {
  if (given.length !== 2) throw new ExpressionError('expected two arguments (value, defaultValue) for this function');
  return isEmptyValue(given[0]) ? given[1] : given[0];
}

function isEmptyValue(value) {
  if (value === undefined || value === null || value === '') return true;
  if (typeof value !== 'object') return false;
  return Array.isArray(value) ? value.length === 0 : isPlainObject(value) && Object.keys(value).length === 0;
}

function average(...numbers) {
  return numbers.reduce((sum, number) => sum + Number(number), 0) / numbers.length;
}

/** `numberList(1, 3)` is `[1, 2, 3]`; counts down when the end is smaller. */
function numberList(start, end) {
  const step = end >= start ? 1 : -1;
  return Array.from({ length: Math.abs(end - start) + 1 }, (_, position) => start + position * step);
}

function zip(keys, values) {
  if (keys.length !== values.length) throw new ExpressionExtensionError('zip(): keys and values not of equal length');
  return Object.fromEntries(keys.map((key, position) => [key, values[position]]));
}

function searchJmespath(data, query) {
  if (data === null || typeof data !== 'object' || typeof query !== 'string')
    throw new ExpressionError('expected two arguments (Object, string) for this function', { description: 'As in $jmespath($json, "people[*].name")' });
  return jmespath.search(data, query);
}

/** Outside of an agent's tool call there is no model to fill the placeholder: its default counts. */
function fromAi(key, _description, _type, fallback) {
  if (typeof key !== 'string' || key === '') throw new ExpressionError("Add a key, e.g. $fromAI('placeholder_name')");
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(key)) throw new ExpressionError('Invalid parameter key: it must be 1 to 64 characters long, of letters, digits, underscores and hyphens');
  const given = inputItems()[job.index]?.json;
  return given !== undefined && Object.hasOwn(given, key) ? visible(given[key]) : fallback;
}

const environmentView = new Proxy(freeze({ __proto__: null }), {
  get(_, name) {
    if (typeof name !== 'string') return undefined;
    throw new ExpressionError('access to env vars denied', { description: 'Expressions cannot read the environment of the engine; keep the value in the workflow or in a credential', context: { type: 'env_denied' } });
  },
  has: () => false,
});

/** Parameters with their expressions resolved when read, for the current item. */
function parametersView(parameters) {
  const view = {};
  for (const name of Object.keys(parameters)) defineProperty(view, name, { get: () => resolveParameter(parameters[name]), enumerable: true });
  return freeze(view);
}

const DEEPEST_PARAMETER_REFERENCE = 20;

function resolveParameter(value) {
  if (Array.isArray(value)) return value.map(resolveParameter);
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolveParameter(inner)]));
  return typeof value === 'string' && value.startsWith('=') ? evaluateSource(value) : value;
}

/** Evaluates a template that became known only now; the host compiles it for the next round. */
function evaluateSource(source) {
  if (job.depth >= DEEPEST_PARAMETER_REFERENCE) throw new ExpressionError('An expression refers to itself', { description: 'A parameter reads itself, directly or by way of others; break the circle' });
  const { template, error } = need('template', source);
  if (error) throw Object.assign(new ExpressionError(error.message), error);
  job.depth += 1;
  try {
    return evaluateTemplate(template.map((part) => (typeof part === 'string' ? part : compiled(part.source))));
  } finally {
    job.depth -= 1;
  }
}

function evaluateExpression(expression, index) {
  const source = String(expression);
  return withIndex(index ?? job.index, () => evaluateSource(source.startsWith('=') ? source : `=${source}`));
}

function withIndex(index, read) {
  const before = job.index;
  job.index = index;
  try {
    return read();
  } finally {
    job.index = before;
  }
}
