const calls = {
  expressions(envelope, ...texts) {
    beginJob(JSON.parse(envelope), texts);
    try {
      return writeOutcome(runExpressions());
    } finally {
      endJob();
    }
  },
  code(envelope, ...texts) {
    beginJob({ ...JSON.parse(envelope), mutable: true }, texts);
    startCode();
    return '';
  },
  fire() {
    codeRun.timers.fire();
    return '';
  },
  state: codeState,
};

let lastAnswer;

/**
 * The only door: text in, text out. The answer is kept until the next call, because a promise that user code
 * left rejected makes the call itself fail outside although it was answered.
 */
function enter(kind, ...texts) {
  if (kind === 'last') return lastAnswer;
  lastAnswer = undefined;
  lastAnswer = calls[kind](...texts);
  return lastAnswer;
}

/** Our own and Luxon's objects that user code can reach. */
function reachableFromNames() {
  const found = new Set(intrinsics);
  const own = [];
  const waiting = [luxon, runtime, NodeReference, LegacyNodeReference, InputReference, ExpressionError, ExpressionExtensionError, NeededFromOutside, Buffer, ...Object.values(dataValues), ...Object.values(dataGetters)];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (value === null || (typeof value !== 'object' && typeof value !== 'function') || found.has(value)) continue;
    found.add(value);
    own.push(value);
    for (const key of ownKeys(value)) waiting.push(getOwnPropertyDescriptor(value, key).value);
    waiting.push(getPrototypeOf(value));
  }
  return own;
}

removeAccessToPrototypes();
refuseCompilation();
installDate(jobNow);
const postponed = hardenIntrinsics(LATE_POSITIONS, reachableFromNames());

globalThis.hive = {
  describe: () => JSON.stringify({ names: Object.keys(names), extensions: extensionNames }),
  open(kind) {
    delete globalThis.hive;
    closeContext(postponed);
    if (kind === 'expressions') freeze(globalThis);
    return enter;
  },
};
