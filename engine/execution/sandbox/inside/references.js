/** `$('Node')`, `$node`, `$input` and the way back through paired items. */
const pairingMessages = {
  paired_item_no_info: (node, at) => [`Paired item data for '${node}' is unavailable: '${at}' does not say which input item its output came from`, `Let '${at}' return pairedItem, or use .first(), .last() or .all() instead of .item`],
  paired_item_invalid_info: (node, at) => [`Paired item data for '${node}' is unavailable: '${at}' points to an item that does not exist`, `Correct the pairedItem that '${at}' returns, or use .first(), .last() or .all()`],
  paired_item_no_connection: (node) => [`There is no path back to node '${node}'`, 'Connect it to this node (other nodes may stand in between), or use .first(), .last() or .all()'],
  paired_item_multiple_matches: (node) => [`Multiple matching items of node '${node}': can't determine which one to use`, 'Use .first(), .last() or .all()[index] to choose one'],
};

function pairingError(failure, node) {
  const [message, description] = pairingMessages[failure.type](node, failure.at);
  return new ExpressionError(message, { description, context: { type: failure.type, nodeCause: failure.at ?? node, itemIndex: job.index, runIndex: job.runIndex } });
}

function nodeNamed(name) {
  const node = job.byName.get(String(name));
  if (node === undefined && !job.complete) need('node', String(name));
  if (node === undefined || node.missing)
    throw new ExpressionError(`Referenced node doesn't exist: '${name}'`, { description: `Correct the name, or add a node named '${name}'`, context: { type: 'node_not_found', nodeCause: String(name) } });
  return node;
}

function executedNode(name) {
  const node = nodeNamed(name);
  if (node.runs.length === 0)
    throw new ExpressionError(`Node '${name}' hasn't been executed`, { description: 'An expression reads its data, but it did not run (yet) in this execution', context: { type: 'no_node_execution_data', nodeCause: name } });
  return node;
}

/** Items of one output of one run; both default as n8n does: the output that leads here, the latest run. */
function outputItems(node, output, run) {
  const runIndex = run === undefined || run < 0 ? node.runs.length - 1 : run;
  const outputs = node.runs[runIndex];
  if (outputs === undefined)
    throw new ExpressionError(`Run ${runIndex} of node '${node.name}' doesn't exist`, { description: `It has run ${node.runs.length} times; the first is run 0`, context: { type: 'no_node_execution_data', nodeCause: node.name } });
  const position = outputs[output ?? node.branch];
  return position === undefined || position === null ? [] : textAt(position);
}

function pairedItemOf(name, index) {
  const node = executedNode(name);
  const pair = node.pairs === undefined ? undefined : textAt(node.pairs)[index];
  if (pair === undefined && !node.everyPair) need('pairs', name);
  if (pair === undefined)
    throw new ExpressionError(`Can't get the item matching index ${index}: there is no such input item`, { context: { type: 'paired_item_invalid_info', nodeCause: name } });
  if (!Array.isArray(pair)) throw pairingError(pair, name);
  const [run, output, item] = pair;
  return visible(textAt(node.runs[run][output])[item]);
}

class NodeReference {
  #name;
  #index;
  constructor(name, index) {
    this.#name = name;
    this.#index = index;
    freeze(this);
  }
  get item() { return pairedItemOf(this.#name, this.#index); }
  pairedItem(index) { return pairedItemOf(this.#name, index ?? this.#index); }
  itemMatching(index) {
    if (index === undefined) throw new ExpressionError('Missing item index for .itemMatching()', { description: 'Pass the index of the current input item, as in .itemMatching(0)', context: { itemIndex: job.index } });
    return pairedItemOf(this.#name, index);
  }
  first(output, run) { return visible(outputItems(executedNode(this.#name), output, run)[0]); }
  last(output, run) { return visible(outputItems(executedNode(this.#name), output, run).at(-1)); }
  all(output, run) { return visible(outputItems(executedNode(this.#name), output, run)); }
  get params() { return visible(textAt(nodeNamed(this.#name).parameters)); }
  get context() { return visible(nodeNamed(this.#name).context); }
  get isExecuted() { return nodeNamed(this.#name).runs.length > 0; }
}

/** The older `$node["Name"]`: pairs by position, not by origin. */
class LegacyNodeReference {
  #name;
  #index;
  constructor(name, index) {
    this.#name = name;
    this.#index = index;
    freeze(this);
  }
  #item() {
    const items = outputItems(executedNode(this.#name));
    const item = items[this.#index];
    if (item === undefined)
      throw new ExpressionError(`No data found for item-index: "${this.#index}"`, { description: `Node '${this.#name}' gave ${items.length} items`, context: { type: 'no_item', nodeCause: this.#name } });
    return visible(item);
  }
  get json() { return this.#item().json; }
  get data() { return this.#item().json; }
  get binary() { return this.#item().binary ?? visible({}); }
  get context() { return visible(nodeNamed(this.#name).context); }
  get runIndex() { return nodeNamed(this.#name).runs.length - 1; }
  get parameter() { return parametersView(textAt(nodeNamed(this.#name).parameters)); }
}

/** JavaScript itself asks every object for these. */
const ASKED_OF_EVERYTHING = new Set(['toJSON', 'then']);

function legacyNodes(index) {
  const node = (_, name) => (typeof name !== 'string' || ASKED_OF_EVERYTHING.has(name) ? undefined : (nodeNamed(name), new LegacyNodeReference(name, index)));
  return new Proxy(freeze({ __proto__: null }), { get: node });
}

function currentItem(index) {
  const items = inputItems();
  if (items.length === 0)
    throw new ExpressionError('No execution data available', { description: 'This node received no items', context: { type: job.source ? 'no_execution_data' : 'no_input_connection', itemIndex: index } });
  const item = items[index];
  if (item === undefined) throw new ExpressionError(`No data found for item-index: "${index}"`, { context: { type: 'no_item', itemIndex: index } });
  return item;
}

class InputReference {
  #index;
  constructor(index) {
    this.#index = index;
    freeze(this);
  }
  get item() { return visible(inputItems()[this.#index]); }
  first(...given) { return refuseArguments('first', given), visible(inputItems()[0]); }
  last(...given) { return refuseArguments('last', given), visible(inputItems().at(-1)); }
  all(...given) { return refuseArguments('all', given), job.mutable ? [...inputItems()] : visible(inputItems()); }
  get params() { return visible(job.source ? textAt(nodeNamed(job.source.previousNode).parameters) : {}); }
  get context() { return visible((job.source && nodeNamed(job.source.previousNode).context) ?? {}); }
}

function refuseArguments(name, given) {
  if (given.length > 0) throw new ExpressionError(`$input.${name}() should have no arguments`, { description: `Write $input.${name}(), or $('Node').${name}(output, run) for another node` });
}
