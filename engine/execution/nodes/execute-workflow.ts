/**
 * Execute Workflow: known, so that its parameters are checked, but a child execution needs the run loop, which a
 * node does not reach. The seam is this one function.
 */
import { nodeUnsupported } from './errors.ts';
import type { NodeType } from './node-type.ts';
import { anything, choice, flag, json, options, text } from './parameters.ts';

export const executeWorkflow: NodeType = {
  types: ['n8n-nodes-base.executeWorkflow'],
  versions: [1, 1.1, 1.2, 1.3],
  kind: 'effect',
  resolves: 'each',
  parameters: [
    choice('source', 'database', ['database', 'localFile', 'parameter', 'url']),
    anything('workflowId', '', { required: true, show: { source: ['database'] } }),
    text('workflowPath', '', { required: true, show: { source: ['localFile'] } }),
    json('workflowJson', '', { required: true, show: { source: ['parameter'] } }),
    text('workflowUrl', '', { required: true, show: { source: ['url'] } }),
    anything('workflowInputs', {}),
    choice('mode', 'once', ['once', 'each']),
    options([flag('waitForSubWorkflow', true)]),
  ],
  execute({ node }) {
    throw nodeUnsupported({ node: node.name, type: node.type, needs: 'it needs a way to start a child execution and wait for its items, which the run loop does not offer yet; put the nodes of the other workflow into this one' });
  },
};
