/** Preloaded into the engine of `npm start`: when that is killed, the IPC channel closes and the engine ends as an operator would end it. */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// Listening to the channel must not keep a process alive that has nothing else to do.
process.channel?.unref();
