/** A line between an engine and a store that a scenario can cut, as a network does. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Ends every connection and lets no new one through. */
  cut(): void;
  /** New connections go through again. */
  mend(): void;
  close(): Promise<void>;
}

/** `target` is the address of a store, such as `redis://127.0.0.1:6379/3`. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let whole = true;

  function keep(socket: Socket, other: Socket) {
    open.add(socket);
    socket.once('close', () => (open.delete(socket), other.destroy()));
    socket.on('error', () => socket.destroy());
  }

  // A cut line keeps its port, so that nobody else can take it meanwhile.
  const server = createServer((near) => {
    if (!whole) return void near.destroy();
    const far = connect(Number(port), hostname);
    keep(near, far);
    keep(far, near);
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const cut = () => {
    whole = false;
    for (const socket of open) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    mend: () => void (whole = true),
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
