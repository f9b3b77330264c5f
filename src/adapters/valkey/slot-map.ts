import { isPort, UnusableReplyError } from './reply-guard.ts';

const SLOTS = 16_384;
/** As many nodes as a cluster should have at most. The library makes a client for each. */
const MAX_NODES = 1_000;

/**
 * Returns the answer to `CLUSTER SLOTS` if it is one: `[from, to, [host, port, …], …]` for each range of slots, without
 * overlaps, and with a host in at least one node of each range. A host that the server does not know is null.
 *
 * @throws {UnusableReplyError} if it is not
 */
export const checkedSlotMap = (answer: unknown): unknown => {
  if (!Array.isArray(answer)) throw unusable();
  const nodes = new Set<string>();
  let slots = 0;
  for (const range of answer) {
    slots += slotsOf(range);
    const known = nodesOf(range);
    if (known.length === 0) throw unusable();
    for (const node of known) nodes.add(node);
    // The library visits every slot of every range.
    if (slots > SLOTS || nodes.size > MAX_NODES) throw unusable();
  }
  return answer;
};

const slotsOf = (range: unknown): number => {
  if (!Array.isArray(range)) throw unusable();
  const [from, to] = range;
  if (!isSlot(from) || !isSlot(to) || from > to) throw unusable();
  return to - from + 1;
};

const nodesOf = ([, , ...nodes]: readonly unknown[]): readonly string[] =>
  nodes.flatMap((node) => {
    if (!Array.isArray(node)) throw unusable();
    const [host, port] = node;
    if (host === null || host === '') return [];
    if (typeof host !== 'string' || !isPort(port)) throw unusable();
    return [`${host}:${port}`];
  });

const isSlot = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < SLOTS;

const unusable = () => new UnusableReplyError('the slots of the cluster are malformed');
