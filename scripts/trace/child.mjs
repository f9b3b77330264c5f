import { Socket } from 'node:net';
import process from 'node:process';
import { Recorder } from './recorder.mjs';

/* Loaded by `--import` into the traced program: records when the parent process says so. */

const recorder = new Recorder();
globalThis.__trace = recorder;

const port = Number(process.env.CACHE_EXTENSION_PORT);

/** Reports what is written to a client: the methods are those that a `Writable` calls to write its bytes. */
const reportWrites = (method) => {
  const write = Socket.prototype[method];
  Socket.prototype[method] = function (...args) {
    if (this.localPort === port) recorder.answered();
    return write.apply(this, args);
  };
};
reportWrites('_write');
reportWrites('_writev');

process.on('message', (message) => {
  if (message === 'start') {
    recorder.start();
    process.send({ kind: 'started' });
  } else process.send({ kind: 'stopped', ...recorder.stop() });
});
