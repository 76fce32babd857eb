/** How the words of a flow's diagrams are bound to the engine's spans. */
import type { Fact } from '../spans.ts';

export interface SpanPattern {
  /** The span's `hive.from`; default: what the sending participant is bound to. */
  readonly from?: string | readonly string[];
  readonly to?: string | readonly string[];
  /** The span's `hive.message`. */
  readonly message: string | RegExp;
  /** Further facts of the span, without their `hive.` prefix; each must be there. */
  readonly facts?: Readonly<Record<string, Fact | RegExp>>;
  /** The message of a span on whose behalf this one was made, near or far: tells one `append` from another. */
  readonly within?: string | RegExp;
}

export interface ReplyPattern extends SpanPattern {
  /** false: must not have failed; true: must have failed; a string or expression: with that error code. Default: either. */
  readonly error?: boolean | string | RegExp;
}

/**
 * One kind of message of a diagram. `call` binds it to the start of a span; `reply` to its end: then `from` is the
 * participant that replies, and the pattern's own `from` and `to` still are those of the span, that is of the call.
 */
export type MessageBinding = {
  /** Participants by the id or the label that the diagram gives them. */
  readonly from: string;
  readonly to: string;
  /** A string must be the whole text; case does not matter. */
  readonly label: string | RegExp;
} & ({ readonly call: SpanPattern } | { readonly reply: ReplyPattern });

export interface Binding {
  readonly flow: string;
  /** A participant of the diagram -> the names that spans give it in `hive.from` and `hive.to`. */
  readonly participants: Readonly<Record<string, { readonly spans: readonly string[] }>>;
  readonly messages: readonly MessageBinding[];
  /** Calls that `%% strict` does not count, such as a lease that is renewed by the clock. */
  readonly aside?: readonly SpanPattern[];
}
