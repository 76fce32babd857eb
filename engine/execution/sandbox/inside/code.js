/** Runs the JavaScript of a Code node: once for all items, or once for each. */
const ONLY_IN_EXPRESSIONS = new Set(['Object', 'process', 'min', 'max', 'average', 'numberList', 'zip', '$if']);
const CODE_FILE = 'code-node.js';
/** The wrapper's own first line stands before the user's. */
const LINES_BEFORE_CODE = 1;

let codeRun;

function staticDataOf(kind) {
  const key = kind === 'node' ? `node:${job.node.name}` : kind === 'global' ? 'global' : undefined;
  if (key === undefined) throw new ExpressionError(`The static data type '${kind}' is not known`, { description: "Use 'global' or 'node'" });
  return (codeRun.staticData[key] ??= {});
}

function defineGlobal(name, property) {
  const set = (value) => void defineProperty(globalThis, name, { value, writable: true, configurable: true });
  defineProperty(globalThis, name, 'value' in property ? { value: property.value, writable: true, configurable: true } : { get: property.get, set, configurable: true });
}

function defineCodeGlobals() {
  for (const name of Object.keys(names)) if (!ONLY_IN_EXPRESSIONS.has(name)) defineGlobal(name, getOwnPropertyDescriptor(names, name));
  const nodeParameter = (name, fallback) => resolveParameter(textAt(job.parameters)[name]) ?? fallback;
  const values = {
    ...codeRun.timers.globals,
    console: consoleFor(codeRun.lines),
    require: requireModule,
    Buffer,
    btoa: (text) => base64FromBytes(toBytes.latin1(String(text))),
    atob: (text) => fromBytes.latin1(bytesFromBase64(String(text))),
    $getWorkflowStaticData: staticDataOf,
    getWorkflowStaticData: staticDataOf,
    $getNodeParameter: nodeParameter,
    getNodeParameter: nodeParameter,
  };
  for (const [name, value] of Object.entries(values)) defineGlobal(name, { value });
  defineGlobal('items', { get: inputItems });
  if (job.mode === 'eachItem') defineGlobal('item', { get: () => inputItems()[job.index] });
}

/** The message as n8n ends it, with the line in the user's own text. */
function describeCodeError(thrown) {
  const facts = describeError(thrown);
  const inStack = typeof thrown?.stack === 'string' ? new RegExp(`${CODE_FILE}:(\\d+)`).exec(thrown.stack)?.[1] : undefined;
  const line = inStack === undefined ? (thrown instanceof SyntaxError ? job.syntaxErrorLine : undefined) : Number(inStack) - LINES_BEFORE_CODE;
  const places = [line > 0 ? `line ${line}` : undefined, job.mode === 'eachItem' ? `for item ${job.index}` : undefined].filter(Boolean);
  return places.length === 0 ? facts : { ...facts, message: `${facts.message} [${places.join(', ')}]` };
}

function keepResult(position, value) {
  try {
    codeRun.outcome.rows[position] = exportRow([value], position, codeRun.outcome.marks);
  } catch (error) {
    keepFailure(position, error);
  }
}

function keepFailure(position, error) {
  codeRun.outcome.rows[position] = null;
  codeRun.outcome.failures.push([position, describeCodeError(error)]);
}

async function runEach(main, indexes) {
  for (const [position, index] of indexes.entries()) {
    job.index = index;
    try {
      keepResult(position, await main.call({}));
    } catch (error) {
      keepFailure(position, error);
    }
  }
  codeRun.done = true;
}

function startCode() {
  const fail = (error) => {
    if (codeRun.done) return;
    codeRun.outcome = { rows: [], failures: [], marks: [] };
    keepFailure(0, error);
    codeRun.done = true;
  };
  codeRun = { done: false, lines: [], staticData: textAt(job.staticData), timers: timerQueue(fail), outcome: { rows: [], failures: [], marks: [] } };
  defineCodeGlobals();
  try {
    const main = (0, hostEval)(`(async function () {\n${job.code}\n})\n//# sourceURL=${CODE_FILE}`);
    runEach(main, job.mode === 'eachItem' ? job.itemIndexes : [0]);
  } catch (error) {
    fail(error);
  }
}

/** Where the run stands: done, waiting for a timer, needing more data, or waiting for something that cannot come. */
function codeState() {
  if (job.needs.size > 0) return JSON.stringify({ needs: [...job.needs.values()] });
  if (codeRun.done) return writeOutcome({ ...codeRun.outcome, console: codeRun.lines, staticData: codeRun.staticData });
  const waitMs = codeRun.timers.nextDelay();
  return JSON.stringify(waitMs === undefined ? { stuck: true } : { waitMs });
}
