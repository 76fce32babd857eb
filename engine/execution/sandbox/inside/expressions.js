/** Evaluates templates for items. */
const compiledSources = new Map();
const MOST_COMPILED_SOURCES = 5_000;

function compileSource(source) {
  try {
    return (0, hostEval)(source);
  } catch {
    // The parser outside let something pass that this engine refuses.
    return () => { throw new InvalidSyntax('invalid syntax'); };
  }
}

/** The function of a rewritten expression, compiled once a context. */
function compiled(source) {
  let evaluate = compiledSources.get(source);
  if (evaluate === undefined) {
    if (compiledSources.size >= MOST_COMPILED_SOURCES) compiledSources.clear();
    evaluate = compileSource(source);
    compiledSources.set(source, evaluate);
  }
  return evaluate;
}

function evaluateShadowed(evaluate) {
  const outer = job.shadows;
  job.shadows = new Map();
  try {
    return evaluate.call(names, names, runtime);
  } finally {
    job.shadows = outer;
  }
}

function evaluateChunk(evaluate) {
  try {
    try {
      return evaluate.call(names, names, runtime);
    } catch (error) {
      if (job.shadows !== undefined || !isWriteToFrozen(error)) throw error;
      return evaluateShadowed(evaluate);
    }
  } catch (error) {
    if (isSwallowed(error)) return undefined;
    throw error;
  }
}

/** One chunk alone keeps its type; beside text, nothing shows where null or undefined came out. */
function evaluateTemplate(parts) {
  if (parts.length === 1) return typeof parts[0] === 'string' ? parts[0] : evaluateChunk(parts[0]);
  let text = '';
  for (const part of parts) {
    const value = typeof part === 'string' ? part : evaluateChunk(part);
    if (value !== undefined && value !== null) text += String(value);
  }
  return text;
}

/** One row an item: its values in template order, or the first error. */
function evaluateRow(templates, index) {
  job.index = index;
  const row = [];
  for (const template of templates) row.push(evaluateTemplate(template));
  return row;
}

function runExpressions() {
  const functions = job.sources.map(compiled);
  const templates = job.templates.map((parts) => parts.map((part) => (typeof part === 'string' ? part : functions[part])));
  const outcome = { rows: [], failures: [], marks: [] };
  for (const index of job.itemIndexes) {
    const position = outcome.rows.length;
    try {
      outcome.rows.push(exportRow(evaluateRow(templates, index), position, outcome.marks));
    } catch (error) {
      outcome.rows.push(null);
      if (!(error instanceof NeededFromOutside)) outcome.failures.push([position, describeError(error)]);
    }
  }
  return job.needs.size > 0 ? { needs: [...job.needs.values()] } : outcome;
}
