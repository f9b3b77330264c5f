const NANOSECONDS_PER_UNIT: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

const NANOSECONDS_PER_MS = 1_000_000n;

/** One past the largest duration, and the magnitude of the smallest. */
const LIMIT = 2n ** 63n;

const TERM = /([0-9]*)(?:\.([0-9]*))?([^0-9.]+)/y;

/** The allowed durations, worded for messages. */
export const GO_DURATION_RULE =
  'a Go duration such as 30s, 3m or 1h30m (units ns, us, ms, s, m, h), at most about 292 years either way';

/** The allowed durations where a negative one makes no sense, worded for messages. */
export const NOT_NEGATIVE_RULE = 'a Go duration that is not negative, such as 30s or 1h30m; 0s turns it off';

/**
 * Parses a duration like Go's `time.ParseDuration`.
 *
 * @returns nanoseconds, from -2^63 to 2^63 - 1
 * @throws {RangeError} if Go rejects the text; the message names the allowed values
 * @example parseGoDuration('1h30m') // 5_400_000_000_000n
 */
export const parseGoDuration = (text: string): bigint => {
  const unsigned = text.replace(/^[+-]/, '');
  if (unsigned === '0') return 0n;
  const magnitude = sumOfTerms(unsigned);
  if (text.startsWith('-')) return -magnitude;
  return magnitude < LIMIT ? magnitude : fail();
};

/** Converts nanoseconds to milliseconds. The result may have a fraction. */
export const durationToMs = (nanoseconds: bigint): number =>
  Number(nanoseconds / NANOSECONDS_PER_MS) +
  Number(nanoseconds % NANOSECONDS_PER_MS) / Number(NANOSECONDS_PER_MS);

const sumOfTerms = (text: string): bigint => {
  if (text === '') fail();
  let sum = 0n;
  let position = 0;
  while (position < text.length) {
    TERM.lastIndex = position;
    const [term, whole, fraction = '', unit] = TERM.exec(text) ?? fail();
    sum += nanosecondsOf(whole ?? '', fraction, unit ?? '');
    if (sum > LIMIT) fail();
    position += term.length;
  }
  return sum;
};

const nanosecondsOf = (whole: string, fraction: string, unit: string): bigint => {
  const perUnit = NANOSECONDS_PER_UNIT.get(unit) ?? fail();
  if (whole === '' && fraction === '') fail();
  return BigInt(whole) * perUnit + fractionOf(fraction, perUnit);
};

/** Uses floating point like Go, so that the result is equal to the nanosecond. */
const fractionOf = (digits: string, perUnit: bigint): bigint => {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    const longer = value * 10n + BigInt(digit);
    // Go ignores the digits that do not fit.
    if (longer > LIMIT) break;
    value = longer;
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(value) * (Number(perUnit) / scale)));
};

const fail = (): never => {
  throw new RangeError(`allowed: ${GO_DURATION_RULE}`);
};

const TRUE: readonly string[] = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE: readonly string[] = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

/** The allowed booleans, worded for messages. */
export const GO_BOOL_RULE = `one of ${[...TRUE, ...FALSE].join(', ')}`;

/**
 * Parses a boolean like Go's `strconv.ParseBool`.
 *
 * @throws {RangeError} if Go rejects the text; the message names the allowed values
 */
export const parseGoBool = (text: string): boolean => {
  if (TRUE.includes(text)) return true;
  if (FALSE.includes(text)) return false;
  throw new RangeError(`allowed: ${GO_BOOL_RULE}`);
};
