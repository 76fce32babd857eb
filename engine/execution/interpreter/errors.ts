import { defineError } from '../../kernel/index.ts';

export const noStartNode = defineError<{ workflow: string; candidates: readonly string[] }>(
  'NO_START_NODE',
  422,
  ({ workflow, candidates }) =>
    `Workflow "${workflow}" has no node that can start it by itself. ` +
    (candidates.length > 0 ? `Name one of these as the start node: ${candidates.join(', ')}.` : 'Add a trigger, such as the manual trigger, and enable it.'),
);
export const startNodeUnknown = defineError<{ workflow: string; node: string; names: readonly string[] }>(
  'START_NODE_UNKNOWN',
  422,
  ({ workflow, node, names }) => `Workflow "${workflow}" has no enabled node named "${node}" to start from; its enabled nodes are: ${names.join(', ')}.`,
);
