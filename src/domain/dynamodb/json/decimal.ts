const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The parts of a number in DynamoDB's grammar. */
export interface DecimalText {
  readonly sign: '' | '-';
  readonly whole: string;
  readonly fraction: string;
  /** Unchanged, with its sign. */
  readonly exponent: string | undefined;
}

/**
 * Converts a number in DynamoDB's grammar to a JSON number. Keeps all digits; returns a valid JSON number unchanged.
 *
 * @throws {SyntaxError} if it is not a number
 */
export const jsonNumber = (text: string): string => {
  if (JSON_NUMBER.test(text)) return text;
  const decimal = decimalText(text);
  if (decimal === undefined) throw new SyntaxError('an attribute of type N is not a number');
  const whole = decimal.whole.slice(leadingZeros(decimal.whole)) || '0';
  const fraction = decimal.fraction === '' ? '' : `.${decimal.fraction}`;
  const exponent = decimal.exponent === undefined ? '' : `e${decimal.exponent}`;
  return decimal.sign + whole + fraction + exponent;
};

/** Splits a number into its parts; returns `undefined` if `text` is not a number in DynamoDB's grammar. */
export const decimalText = (text: string): DecimalText | undefined => {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent] = match;
  if (whole === '' && fraction === '') return undefined;
  return { sign: sign === '-' ? '-' : '', whole, fraction, exponent };
};

export const leadingZeros = (digits: string): number => {
  let count = 0;
  while (digits.charCodeAt(count) === 0x30) count++;
  return count;
};
