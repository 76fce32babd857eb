/** A sequence diagram as data: what `parse` reads, `print` and `render` write, and `compare` holds a run against. */

/** `->>` and `-->>` carry a head, `->` and `-->` none, `-)` and `--)` are asynchronous, `-x` and `--x` are lost. */
export const arrows = ['-->>', '->>', '--x', '--)', '-->', '-x', '-)', '->'] as const;
export type Arrow = (typeof arrows)[number];

/** What may stand between two branches of a block, by the word that opens it. */
export const separators = { alt: 'else', par: 'and', critical: 'option', loop: undefined, opt: undefined, break: undefined, rect: undefined } as const;
export type BlockType = keyof typeof separators;

export interface Participant {
  readonly id: string;
  /** What is shown; the id where there is no `as`. */
  readonly label: string;
  readonly type: 'participant' | 'actor';
  /** Line of its declaration or first use, from 1. */
  readonly line: number;
}

export interface Message {
  readonly kind: 'message';
  readonly from: string;
  readonly to: string;
  readonly arrow: Arrow;
  /** `+` activates the receiver, `-` deactivates the sender. */
  readonly activation: '+' | '-' | undefined;
  readonly text: string;
  readonly line: number;
}

export interface Branch {
  readonly label: string;
  readonly body: readonly Element[];
  readonly line: number;
}

export interface Block {
  readonly kind: 'block';
  readonly type: BlockType;
  /** At least one; more only for `alt`, `par` and `critical`. */
  readonly branches: readonly Branch[];
  readonly line: number;
}

export interface Note {
  readonly kind: 'note';
  readonly placement: 'over' | 'left of' | 'right of';
  /** One, or two with `over`. */
  readonly participants: readonly string[];
  readonly text: string;
  readonly line: number;
}

export interface Activation {
  readonly kind: 'activate' | 'deactivate';
  readonly participant: string;
  readonly line: number;
}

export type Element = Message | Block | Note | Activation;

export interface Diagram {
  readonly participants: readonly Participant[];
  readonly body: readonly Element[];
  readonly autonumber: boolean;
  /** `%% strict`: every observed call must be drawn. */
  readonly strict: boolean;
}

/** Whether the arrow is drawn dashed; a dashed arrow usually is a reply, but its binding decides. */
export const isDashed = (arrow: Arrow): boolean => arrow.startsWith('--');

/** All messages in the order in which they are written, those of every branch included. */
export function messagesOf(body: readonly Element[]): Message[] {
  return body.flatMap((element) => {
    if (element.kind === 'message') return [element];
    return element.kind === 'block' ? element.branches.flatMap((branch) => messagesOf(branch.body)) : [];
  });
}

/** All blocks, outer before inner. */
export function blocksOf(body: readonly Element[]): Block[] {
  return body.flatMap((element) => (element.kind === 'block' ? [element, ...element.branches.flatMap((branch) => blocksOf(branch.body))] : []));
}
