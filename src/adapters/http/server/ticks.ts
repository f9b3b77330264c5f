/** Calls `tick` about once a second while the process runs, until the function that it returns is called. */
export type TickSource = (tick: () => void) => () => void;

const TICK_MS = 1000;

/** Ticks off a timer that does not keep the process alive. */
export const timerTicks: TickSource = (tick) => {
  const timer = setInterval(tick, TICK_MS);
  timer.unref();
  return () => clearInterval(timer);
};
