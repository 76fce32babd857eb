/** The diagram and the run in two columns of text, for a failing step. */
import { continuations, match, pathInOrder, type Matcher, type Standing } from './matching.ts';
import type { Message } from './model.ts';
import { told, type ObservedEvent } from './observe.ts';

/** One observed event, or one that should have been, and what a repair did about it. */
export interface Trial {
  readonly event: Standing;
  /** `removed` takes no part in the match; `inserted` was not observed at this place; `changed` was, but differently. */
  readonly fate: 'as observed' | 'removed' | 'inserted' | 'changed';
  readonly remark?: string;
}

interface Row {
  readonly drawn: string;
  readonly observed: string;
  readonly parts: boolean;
}

const WIDEST_COLUMN = 72;
const cut = (text: string) => (text.length > WIDEST_COLUMN ? `${text.slice(0, WIDEST_COLUMN - 1)}…` : text);

const observedText = ({ event, fate, remark }: Trial) => (fate === 'inserted' ? `(${remark})` : `${told(event)}${remark ? ` (${remark})` : ''}`);

/** The rows of a repaired run; where the repair does not reach the end, what the diagram expected and what came instead. */
function rowsOf(matcher: Matcher, trials: readonly Trial[], marked: ReadonlySet<Message>): Row[] {
  const events = trials.filter(({ fate }) => fate !== 'removed').map(({ event }) => event);
  const { accepted, threads } = match(matcher, events);
  const steps = new Map(pathInOrder(accepted ? accepted.path : threads[0]?.path).map(({ event, message }) => [event as ObservedEvent, message]));
  const textOf = (event: ObservedEvent) => {
    const message = steps.get(event);
    return message ? `${String(message.line).padStart(3)}  ${matcher.bound.messages.get(message)!.text}` : '';
  };
  const rows = trials.map((trial): Row => ({
    drawn: textOf(trial.event), observed: observedText(trial),
    parts: trial.fate !== 'as observed' || (!accepted && !steps.has(trial.event)) || marked.has(steps.get(trial.event)!),
  }));
  return accepted ? rows : [...rows, ...expectedRows(matcher, threads)];
}

function expectedRows(matcher: Matcher, threads: Parameters<typeof continuations>[1]): Row[] {
  const messages = new Set(continuations(matcher, threads).flatMap(({ steps }) => steps.map(({ message }) => message)));
  return [...messages].map((message) => ({ drawn: `${String(message.line).padStart(3)}  ${matcher.bound.messages.get(message)!.text}`, observed: '(expected at this place)', parts: true }));
}

/** `marked`: messages that took place as drawn and should not have. */
export function sideBySide(matcher: Matcher, trials: readonly Trial[], marked: ReadonlySet<Message> = new Set()): string {
  const rows = rowsOf(matcher, trials, marked);
  const width = Math.max(28, ...rows.map(({ drawn }) => cut(drawn).length));
  const line = ({ drawn, observed, parts }: Row) => `${parts ? '✗' : ' '} ${cut(drawn).padEnd(width)} │ ${cut(observed)}`.trimEnd();
  const header = `  ${'line and message, as drawn'.padEnd(width)} │ as observed`;
  return [header, `  ${'─'.repeat(width)}─┼─${'─'.repeat(40)}`, ...rows.map(line)].join('\n');
}

export const asObserved = (events: readonly ObservedEvent[]): Trial[] => events.map((event) => ({ event, fate: 'as observed' }));
