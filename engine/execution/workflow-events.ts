/**
 * What watchers of `execution.{id}` are told (flow hive-workflow-events): `execution_started`, one
 * `node_completed` a step, then `execution_completed` or `error`.
 *
 * Sequence numbers follow from the execution itself (1 for the start, 2 + index for each step, then the end),
 * so the events can be rebuilt from the tables for whoever joins late, with the very same numbers.
 */
import type { BusEvent } from '../events/index.ts';
import type { OutboxMessage } from '../journal/index.ts';
import { endsRun, isFinal, type RecordBodies } from './records.ts';

export const topicOf = (executionId: string) => `execution.${executionId}`;
export const startedSequence = 1;
export const nodeSequence = (executionIndex: number) => executionIndex + 2;
export const endSequence = (steps: number) => steps + 2;

interface Subject {
  readonly executionId: string;
  readonly tenantId: string;
}
type Created = Pick<RecordBodies['run.created'], 'workflowId'>;

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

/** Items of output 0, as JSON, which is what a watcher can show. */
export const shownItems = (outcome: RecordBodies['step.settled']['outcome']) =>
  outcome.kind === 'outputs' ? (outcome.outputs?.[0] ?? []).map((item) => item.json) : [];

/** Undefined for an attempt that is not the step's last, and for the step that ends the run badly: `error` tells that. */
export function nodeCompletedEvent(subject: Subject, created: Created, settled: RecordBodies['step.settled']) {
  if (!isFinal(settled) || endsRun(settled)) return undefined;
  return told(
    workflowEvent(subject, created, {
      type: 'node_completed',
      sequence: nodeSequence(settled.executionIndex),
      at: settled.at,
      data: { node_id: settled.node, progress: settled.progress, result: shownItems(settled.outcome) },
    }),
  );
}

export const completedEvent = (subject: Subject, created: Created, finished: RecordBodies['run.finished'], steps: number) =>
  told(
    workflowEvent(subject, created, {
      type: 'execution_completed',
      sequence: endSequence(steps),
      at: finished.at,
      data: { progress: 100, result: (finished.output ?? []).map((item) => item.json) },
    }),
  );

export const failedEvent = (subject: Subject, created: Created, finished: RecordBodies['run.finished'], steps: number) =>
  told(
    workflowEvent(subject, created, {
      type: 'error',
      sequence: endSequence(steps),
      at: finished.at,
      data: { node_id: finished.error?.node, error: finished.error?.message },
    }),
  );
