/** Asks a Redis server whether it serves, with a bare socket: the watchdog should not load a client for one PING. */
import { connect } from 'node:net';

/** Undefined when it answers PONG; else one line that says what happened instead. */
export function redisAnswers(url: URL, withinMs: number): Promise<string | undefined> {
  const { hostname, port, username, password } = url;
  const secret = [username, password].filter(Boolean).map(decodeURIComponent).join(' ');
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 6379) });
    const finish = (problem?: string) => {
      socket.destroy();
      resolve(problem);
    };
    let answer = '';
    socket.setTimeout(withinMs, () => finish(`no answer within ${withinMs} ms`));
    socket.on('error', (error) => finish(error.message));
    socket.on('close', () => finish('it closed the connection'));
    socket.on('connect', () => socket.write(`${password ? `AUTH ${secret}\r\n` : ''}PING\r\n`));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      const refusal = /^-(.*)\r\n/m.exec(answer);
      if (refusal) finish(refusal[1]);
      else if (answer.includes('+PONG')) finish();
    });
  });
}
