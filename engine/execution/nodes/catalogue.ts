/** Every node type that the library knows, and what is said about those that it does not. */
import type { WorkflowNode } from '../../workflows/index.ts';
import type { NodeShape } from '../interpreter/shape.ts';
import { nodeRefused, nodeUnsupported, nodeVersionUnsupported } from './errors.ts';
import { aggregate } from './aggregate.ts';
import { codeNode, functionItem, functionNode } from './code.ts';
import { compareDatasets } from './compare-datasets.ts';
import { cryptoV1, cryptoV2 } from './crypto.ts';
import { dateTime } from './date-time.ts';
import { dateTimeV1 } from './date-time-legacy.ts';
import { executeWorkflow } from './execute-workflow.ts';
import { filterLegacy, filterNode, ifLegacy, ifNode } from './if.ts';
import { httpRequestLegacy } from './http/legacy.ts';
import { httpRequest } from './http/modern.ts';
import { itemLists } from './item-lists.ts';
import { limit, renameKeys, sort } from './lists.ts';
import { merge, mergeV2 } from './merge.ts';
import { mergeV1 } from './merge-legacy.ts';
import { removeDuplicates, removeDuplicatesV2 } from './remove-duplicates.ts';
import { setLegacy, setNode } from './set.ts';
import { splitInBatchesV1, splitInBatchesV2, splitInBatchesV3 } from './split-in-batches.ts';
import { splitOut } from './split-out.ts';
import { stopAndError } from './stop-and-error.ts';
import { summarize } from './summarize.ts';
import { switchNode, switchV1, switchV2 } from './switch.ts';
import { executionData, noOperation, respondToWebhook, stickyNote } from './no-operation.ts';
import type { NodeType } from './node-type.ts';
import { withDefaults } from './parameters.ts';
import { chatTrigger, cron, errorTrigger, executeWorkflowTrigger, formTrigger, manualTrigger, scheduleTrigger, webhook } from './starts.ts';
import { wait } from './wait.ts';
import { Values } from './values.ts';

export const nodeTypes: readonly NodeType[] = [
  manualTrigger, executeWorkflowTrigger, errorTrigger, chatTrigger, formTrigger, webhook, scheduleTrigger, cron,
  noOperation, stickyNote, executionData, respondToWebhook,
  setNode, setLegacy, ifNode, ifLegacy, filterNode, filterLegacy, switchNode, switchV2, switchV1,
  merge, mergeV2, mergeV1, codeNode, functionNode, functionItem,
  splitInBatchesV1, splitInBatchesV2, splitInBatchesV3, limit, sort, renameKeys, splitOut, aggregate, summarize,
  removeDuplicates, removeDuplicatesV2, itemLists, compareDatasets,
  dateTime, dateTimeV1, cryptoV2, cryptoV1, stopAndError, wait, httpRequest, httpRequestLegacy,
  executeWorkflow,
];

/** Touch the machine that the engine runs on: refused whoever asks. */
const refused = new Set(
  ['executeCommand', 'readWriteFile', 'readBinaryFile', 'readBinaryFiles', 'writeBinaryFile', 'git', 'ssh', 'localFileTrigger'].map((name) => `n8n-nodes-base.${name}`),
);

export interface Catalogue {
  find(type: string, version: number): NodeType | undefined;
  /** Throws NODE_REFUSED, NODE_UNSUPPORTED or NODE_VERSION_UNSUPPORTED (422). */
  require(node: WorkflowNode): NodeType;
  /** What scheduling must know; an unknown type counts as one input and one output, its failure comes when it runs. */
  shapeOf(node: WorkflowNode): NodeShape;
}

export function createCatalogue(types: readonly NodeType[]): Catalogue {
  const byType = Map.groupBy(
    types.flatMap((type) => type.types.map((name) => ({ name, type }))),
    ({ name }) => name,
  );
  const find = (type: string, version: number) => byType.get(type)?.find((one) => one.type.versions.includes(version))?.type;

  function require(node: WorkflowNode): NodeType {
    const { name, type, typeVersion } = node;
    const found = find(type, typeVersion);
    if (found) return found;
    if (refused.has(type)) throw nodeRefused({ node: name, type, reason: 'it reaches the files or commands of the machine' });
    const known = byType.get(type);
    if (!known) throw nodeUnsupported({ node: name, type, needs: needsOf(type) });
    throw nodeVersionUnsupported({ node: name, type, found: typeVersion, expected: known.flatMap((one) => one.type.versions).toSorted((a, b) => a - b) });
  }

  function shapeOf(node: WorkflowNode): NodeShape {
    const type = find(node.type, node.typeVersion);
    const particular = type?.shape?.(new Values(withDefaults(type.parameters, node.parameters, node.typeVersion)));
    return { inputs: 1, outputs: 1, ...particular };
  }

  return { find, require, shapeOf };
}

export const catalogue = createCatalogue(nodeTypes);

function needsOf(type: string): string {
  if (type.includes('langchain')) return 'it needs a language model adapter behind the intelligence room';
  if (!type.startsWith('n8n-nodes-base.')) return 'it is a community node; an adapter of the tools room would have to provide it';
  return 'it needs a connector for that service or format; replace it by an HTTP Request or Code node, or add the connector';
}
