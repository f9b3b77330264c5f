import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { IS_FULL_SIZE, reportFigure } from '../../support/abuse/probe.ts';
import { eventually } from '../../support/e2e/eventually.ts';
import { LAYER } from '../../support/e2e/program.ts';
import { FloodedProgram } from '../../support/flood/flooded-program.ts';
import { ScriptedItems } from '../../support/flood/scripted-items.ts';

/** Descriptors that the program may have: Lambda's limit, which a layer is started with, or fewer for a fast test. */
const DESCRIPTORS = IS_FULL_SIZE || LAYER !== undefined ? 1024 : 256;
/** What Linux counts in: 100 a second. */
const TICK_MS = 10;
const WATCHED_MS = 1000;

let source: ScriptedItems;
let program: FloodedProgram;
let sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await program.close();
  await source.close();
});

const processorMs = async (): Promise<number> => {
  const fields = (await readFile(`/proc/${program.pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
};

const openDescriptors = async (): Promise<number> => (await readdir(`/proc/${program.pid}/fd`)).length;

/** Connects without asking anything; resolves when it is connected or refused. */
const connectIdle = async (): Promise<void> => {
  const socket = connect(Number(new URL(program.url).port), '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  // A connection that is far over the limit is reset, perhaps before it is seen to be there.
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => undefined);
};

it(`${2 * DESCRIPTORS} idle connections leave descriptors and the processor free, and a program that recovers`, async () => {
  source = await ScriptedItems.start(() => 100);
  program = await FloodedProgram.start(
    source.endpoint,
    // As many connections as may be set, so that only the descriptors are the limit.
    { CACHE_EXTENSION_MAX_CONNECTIONS: '4000' },
    { descriptors: DESCRIPTORS },
  );
  for (let count = 0; count < 2 * DESCRIPTORS; count += 1) await connectIdle();

  const before = await processorMs();
  // The time in which it is watched, not a wait for something.
  await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
  const usedMs = (await processorMs()) - before;
  const open = await openDescriptors();
  reportFigure('processor time of an idle program with all connections taken', `${usedMs} ms a second`);
  reportFigure('descriptors open', `${open} of ${DESCRIPTORS}`);

  expect(usedMs).toBeLessThan(200);
  expect(open).toBeLessThan(DESCRIPTORS - 64);
  // The connection that asked before has its place, and DynamoDB can be asked.
  expect((await program.ask('item-1')).status).toBe(200);

  for (const socket of sockets) socket.destroy();
  await eventually(openDescriptors, (left) => left < 64);
  const answer = await fetch(`${program.url}/dynamodb?name=Things@@item-2`);
  expect(answer.status).toBe(200);
}, 60_000);
