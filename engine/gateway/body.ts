/** Reading a request's body: only after it is known who asks, and only as much as is allowed. */
import express, { type Request, type Response } from 'express';
import { bodyIncomplete, bodyMalformed, bodyTooLarge, mediaTypeUnsupported } from './errors.ts';

export type ReadBody = (request: Request, response: Response) => Promise<unknown>;

interface ParserFailure {
  readonly type?: string;
  readonly message: string;
}

const announcesBody = ({ headers }: Request) => headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

export function createBodyReader(limitBytes: number): ReadBody {
  // `strict: false` lets plain values through, so that the route's schema can say what it expected instead.
  const parse = express.json({ limit: limitBytes, strict: false, type: () => true });

  function explain({ type = '', message }: ParserFailure, request: Request): Error {
    if (type === 'entity.too.large') return bodyTooLarge({ limitBytes });
    if (type === 'entity.parse.failed') return bodyMalformed({ reason: message });
    if (type === 'encoding.unsupported' || type === 'charset.unsupported') return mediaTypeUnsupported({ found: message });
    return bodyIncomplete({ reason: request.readableAborted ? 'the connection was closed' : message });
  }

  /** The parser complains only when it has seen the end of a body, which may be far away or never come. */
  function refuseBeyondLimit(request: Request, refuse: (error: Error) => void) {
    let received = 0;
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > limitBytes) refuse(bodyTooLarge({ limitBytes }));
    });
  }

  return async (request, response) => {
    if (!announcesBody(request)) return undefined;
    if (!request.is(['application/json', 'application/*+json'])) throw mediaTypeUnsupported({ found: request.get('content-type') ?? 'of no stated type' });
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw bodyTooLarge({ limitBytes });
    return new Promise((resolve, reject) => {
      refuseBeyondLimit(request, reject);
      parse(request, response, (failed?: unknown) => (failed ? reject(explain(failed as ParserFailure, request)) : resolve(request.body)));
    });
  };
}
