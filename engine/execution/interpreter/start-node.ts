/**
 * Which node starts an execution that names none, as n8n chooses it: the first enabled node that triggers by
 * itself, else the first of the known manual starts. Webhooks are not found this way; they need a request.
 */
import type { WorkflowDefinition, WorkflowNode } from '../../workflows/index.ts';
import { noStartNode, startNodeUnknown } from './errors.ts';

/** Types that listen or poll without being called over HTTP. */
const selfStarting = new Set(
  [
    'manualTrigger', 'scheduleTrigger', 'cron', 'interval', 'emailReadImap', 'localFileTrigger', 'n8nTrigger', 'workflowTrigger', 'sseTrigger',
    'amqpTrigger', 'kafkaTrigger', 'mqttTrigger', 'rabbitmqTrigger', 'redisTrigger', 'postgresTrigger', 'evaluationTrigger',
    'airtableTrigger', 'clockifyTrigger', 'gmailTrigger', 'googleBusinessProfileTrigger', 'googleCalendarTrigger', 'googleDriveTrigger',
    'googleSheetsTrigger', 'hubspotTriggerPoll', 'microsoftOneDriveTrigger', 'microsoftOutlookTrigger', 'notionTrigger', 'nocodbTrigger',
    'rssFeedReadTrigger', 'salesforceTrigger', 'seaTableTrigger', 'theHiveTriggerPoll', 'togglTrigger', 'venafiTlsProtectCloudTrigger',
  ].map((name) => `n8n-nodes-base.${name}`),
);
const started = ['executeWorkflowTrigger', 'errorTrigger', 'evaluationTrigger', 'formTrigger'].map((name) => `n8n-nodes-base.${name}`);

/** Throws NO_START_NODE, or START_NODE_UNKNOWN when the name given is not an enabled node. */
export function startNodeOf(definition: WorkflowDefinition, name: string | undefined): WorkflowNode {
  const enabled = definition.nodes.filter((node) => !node.disabled);
  if (name !== undefined) {
    const named = definition.nodes.find((node) => node.name === name);
    if (named) return named;
    throw startNodeUnknown({ workflow: definition.name, node: name, names: enabled.map((node) => node.name) });
  }
  const found =
    enabled.find((node) => selfStarting.has(node.type)) ?? started.map((type) => enabled.find((node) => node.type === type)).find((node) => node !== undefined);
  if (found) return found;
  throw noStartNode({ workflow: definition.name, candidates: enabled.filter(looksLikeStart).map((node) => node.name) });
}

function looksLikeStart({ type }: WorkflowNode): boolean {
  return /trigger$/i.test(type) || type === 'n8n-nodes-base.webhook';
}
