/** A failure that an expression reports on purpose; all others of its kind are swallowed as n8n does. */
class ExpressionError extends Error {
  constructor(message, { description, context } = {}) {
    super(message);
    defineProperty(this, 'name', { value: 'ExpressionError', configurable: true });
    if (description !== undefined) this.description = description;
    if (context !== undefined) this.context = context;
  }
}

class ExpressionExtensionError extends ExpressionError {
  constructor(message, facts) {
    super(message, facts);
    defineProperty(this, 'name', { value: 'ExpressionExtensionError', configurable: true });
  }
}

class InvalidSyntax extends Error {}

/** Something only the outside can answer is missing; the whole job is repeated with the answer on board. */
class NeededFromOutside extends Error {}

/** What a missing property or name does inside `{{ }}`: nothing is shown and nothing fails. */
function isSwallowed(error) {
  return error instanceof TypeError || error instanceof ReferenceError;
}

/** Writing to shared data; the evaluation is then repeated on data of its own. */
function isWriteToFrozen(error) {
  return error instanceof TypeError && /read only|not extensible|Cannot delete property|Cannot redefine property/.test(error.message);
}

/** The parts of any thrown value that may cross the border. */
function describeError(thrown) {
  if (thrown === null || typeof thrown !== 'object') return { name: 'Error', message: String(thrown) };
  const facts = { name: String(thrown.name ?? 'Error'), message: String(thrown.message ?? '') };
  if (typeof thrown.description === 'string') facts.description = thrown.description;
  if (thrown instanceof ExpressionError && thrown.context !== undefined) facts.context = thrown.context;
  return facts;
}
