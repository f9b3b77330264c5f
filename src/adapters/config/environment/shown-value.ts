const MAX_SHOWN = 80;

/** A value as a message shows it: on one line, in quotes, cut where it is long. */
export const shownValue = (value: string): string =>
  JSON.stringify(value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value);
