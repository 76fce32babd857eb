/**
 * Every name an expression may use beyond JavaScript's own, as getters over the job at hand: built once,
 * frozen, and read as properties after rewriting. Code nodes get the same names as globals.
 */
function sourceFacts() {
  const { source } = job;
  return source ? { name: source.previousNode, outputIndex: source.previousNodeOutput, runIndex: source.previousNodeRun } : { name: undefined, outputIndex: 0, runIndex: 0 };
}

function itemsOf(name, output = 0, run) {
  return name === undefined ? visible(inputItems()) : visible(outputItems(executedNode(name), output, run));
}

function itemView(index) {
  return new Proxy(freeze({ __proto__: null }), { get: (_, name) => (typeof name === 'string' ? withIndex(index, () => names[name]) : undefined) });
}

/** Object without the parts that reach around property access. */
const SafeObject = (() => {
  const named = { Object: function (value) { return value === null || value === undefined ? {} : Object(value); } };
  const refused = new Set(['defineProperty', 'defineProperties', 'setPrototypeOf', 'getPrototypeOf', 'getOwnPropertyDescriptor', 'getOwnPropertyDescriptors', 'prototype', 'length', 'name']);
  for (const name of ownKeys(Object)) if (!refused.has(name)) defineProperty(named.Object, name, { value: Object[name] });
  defineProperty(named.Object, 'prototype', { value: Object.prototype });
  return freeze(named.Object);
})();

const currentTime = () => (job.currentTime ??= luxon.DateTime.fromMillis(job.now));

const dataGetters = {
  $json: () => visible(currentItem(job.index).json),
  $data: () => visible(currentItem(job.index).json),
  $binary: () => visible(currentItem(job.index).binary ?? {}),
  $input: () => new InputReference(job.index),
  $: () => (name) => (nodeNamed(name), new NodeReference(String(name), job.index)),
  $node: () => legacyNodes(job.index),
  $items: () => itemsOf,
  $item: () => itemView,
  $thisItem: () => visible(inputItems()[job.index]),
  $prevNode: () => freeze(sourceFacts()),
  $parameter: () => parametersView(textAt(job.parameters)),
  $rawParameter: () => visible(textAt(job.parameters)),
  $now: currentTime,
  $today: () => currentTime().startOf('day'),
  $workflow: () => visible(job.workflow),
  $execution: () => visible(job.execution),
  $executionId: () => job.execution.id,
  $mode: () => (job.execution.mode === 'test' ? 'manual' : 'trigger'),
  $runIndex: () => job.runIndex,
  $thisRunIndex: () => job.runIndex,
  $itemIndex: () => job.index,
  $thisItemIndex: () => job.index,
  $position: () => job.index,
  $vars: () => visible({}),
  $secrets: () => visible({}),
  $env: () => environmentView,
  process: () => visible({ env: {} }),
  $nodeVersion: () => job.node.typeVersion,
  $nodeId: () => job.node.id,
  $webhookId: () => undefined,
  $resumeWebhookUrl: () => undefined,
  $tool: () => undefined,
  $agentInfo: () => undefined,
};

const dataValues = {
  $jmespath: searchJmespath,
  $jmesPath: searchJmespath,
  $fromAI: fromAi,
  $fromAi: fromAi,
  $fromai: fromAi,
  $evaluateExpression: evaluateExpression,
  $if: (condition, yes, no = false) => (condition ? yes : no),
  $ifEmpty: ifEmpty,
  $min: (...numbers) => Math.min(...numbers),
  $max: (...numbers) => Math.max(...numbers),
  $average: average,
  $not: (value) => !value,
  min: (...numbers) => Math.min(...numbers),
  max: (...numbers) => Math.max(...numbers),
  average,
  numberList,
  zip,
  Object: SafeObject,
  DateTime: luxon.DateTime,
  Interval: luxon.Interval,
  Duration: luxon.Duration,
};

const names = { __proto__: null };
for (const [name, get] of Object.entries(dataGetters)) defineProperty(names, name, { get, enumerable: true });
for (const [name, value] of Object.entries(dataValues)) defineProperty(names, name, { value, enumerable: true });
freeze(names);
