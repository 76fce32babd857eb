/**
 * Preloaded into the cucumber-js that accept.ts starts: it runs in a process group of its own, so nothing but this
 * would tell it that accept.ts was killed. It then ends as after Ctrl-C and takes its stores and engines down.
 */
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGINT'));
  process.channel.unref();
}
