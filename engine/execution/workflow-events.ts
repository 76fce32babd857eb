/**
 * What watchers of `execution.{id}` are told (flow hive-workflow-events): `execution_started`, one
 * `node_completed` a step, then `execution_completed` or `error`.
 *
 * Sequence numbers follow from the execution itself (1 for the start, 2 + index for each step, then the end),
 * so the events can be rebuilt from the tables for whoever joins late, with the very same numbers. They grow but
 * have gaps: nodes that are passed over have an index and no event.
 */
import type { BusEvent } from '../events/index.ts';
import type { OutboxMessage } from '../journal/index.ts';
import { limits, weightOf } from './recordable.ts';
import { endsRun, isFinal, type RecordBodies } from './records.ts';
import type { Item } from './sandbox/port.ts';

export const topicOf = (executionId: string) => `execution.${executionId}`;
export const startedSequence = 1;
export const nodeSequence = (executionIndex: number) => executionIndex + 2;
/** After the last step that was tried; its index is -1 when there was none. */
export const endSequence = (lastExecutionIndex: number) => nodeSequence(lastExecutionIndex) + 1;

interface Subject {
  readonly executionId: string;
  readonly tenantId: string;
}
type Created = Pick<RecordBodies['run.created'], 'workflowId'>;
type Settled = RecordBodies['step.settled'];
type Finished = RecordBodies['run.finished'];

/** The documented shape: ids on top, the rest in `data`. */
export function workflowEvent(
  subject: Subject,
  created: Created,
  event: { type: string; sequence: number; at: number; data: Record<string, unknown> },
): BusEvent {
  return {
    topic: topicOf(subject.executionId),
    tenantId: subject.tenantId,
    type: event.type,
    timestamp: event.at,
    sequence: event.sequence,
    data: { execution_id: subject.executionId, workflow_id: created.workflowId, ...event.data },
  };
}

const told = (event: BusEvent): OutboxMessage => ({ topic: 'bus', key: event.topic, body: event });

export const startedEvent = (subject: Subject, created: RecordBodies['run.created']) =>
  told(workflowEvent(subject, created, { type: 'execution_started', sequence: startedSequence, at: created.createdAt, data: {} }));

/** Items as JSON, which is what a watcher can show; instead of many megabytes only the fact that there are some. */
function shownResult(items: readonly Item[], whole: object): Record<string, unknown> {
  const result = items.map((item) => item.json);
  // The whole was weighed already, and seldom is the result too heavy.
  return weightOf(whole) > limits.shownBytes && weightOf(result) > limits.shownBytes ? { result_omitted: true } : { result };
}

/** Undefined for an attempt that is not the step's last, and for the step that ends the run badly: `error` tells that. */
export function nodeCompletedEvent(subject: Subject, created: Created, settled: Settled) {
  if (!isFinal(settled) || endsRun(settled)) return undefined;
  const { outcome, node, progress, at } = settled;
  const items = outcome.kind === 'outputs' ? (outcome.outputs?.[0] ?? []) : [];
  const data = { node_id: node, progress, ...shownResult(items, outcome) };
  return told(workflowEvent(subject, created, { type: 'node_completed', sequence: nodeSequence(settled.executionIndex), at, data }));
}

export function completedEvent(subject: Subject, created: Created, { output, at }: Finished, lastExecutionIndex: number) {
  const data = { progress: 100, ...shownResult(output ?? [], output ?? []) };
  return told(workflowEvent(subject, created, { type: 'execution_completed', sequence: endSequence(lastExecutionIndex), at, data }));
}

export function failedEvent(subject: Subject, created: Created, { error, at }: Finished, lastExecutionIndex: number) {
  const data = { node_id: error?.node, error: error?.message };
  return told(workflowEvent(subject, created, { type: 'error', sequence: endSequence(lastExecutionIndex), at, data }));
}
