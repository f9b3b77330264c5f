/** What of a socket of `node:net` tells of silence. */
export interface TimedSocket {
  readonly bytesRead: number;
  on(event: 'timeout', listener: () => void): unknown;
  off(event: 'timeout', listener: () => void): unknown;
  setTimeout(ms: number): unknown;
}

/**
 * Calls `giveUp` when nothing came over `socket` for `limitMs`, which is counted in two halves: after a freeze a timer is due
 * before anything is read that came meanwhile, so that it takes a second one without a byte in between.
 *
 * @returns what ends the watch
 */
export const watchSilence = (socket: TimedSocket, limitMs: number, giveUp: () => void): (() => void) => {
  let bytesAtHalf: number | undefined;
  const silent = () => {
    if (socket.bytesRead === bytesAtHalf) return giveUp();
    bytesAtHalf = socket.bytesRead;
    socket.setTimeout(limitMs / 2);
  };
  socket.on('timeout', silent);
  socket.setTimeout(limitMs / 2);
  return () => {
    socket.off('timeout', silent);
  };
};
