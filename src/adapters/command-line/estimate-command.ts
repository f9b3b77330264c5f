import { dollars, type Estimate, estimateMonth, estimateRows } from '../../domain/estimate/estimate.ts';
import {
  ARCHITECTURES,
  defaultOf,
  ESTIMATED_COHERENCES,
  type EstimateInput,
  NUMERIC_INPUTS,
  type NumericInput,
  type NumericName,
  ONE_CORE_MB,
  PRICES,
  type PriceTable,
} from '../../domain/estimate/estimate-inputs.ts';
import type { OptionSpec } from './option-spec.ts';

/** `readsPerSecond` as an option: `reads-per-second`. */
const optionName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const withUnit = (text: string, unit: string): string => (unit === '' ? text : `${text}, in ${unit}`);

const defaultText = ({ default: byDefault, isCpuTime = false }: NumericInput): string =>
  isCpuTime ? `${byDefault} by default, more below ${ONE_CORE_MB} MB` : `${byDefault} by default`;

const numberOption = ([name, spec]: readonly [string, NumericInput]): OptionSpec => ({
  name: optionName(name),
  text: `${withUnit(spec.text, spec.unit)}; ${defaultText(spec)}`,
  value: {
    placeholder: 'n',
    accepts: (given) =>
      /^[0-9]{1,12}(\.[0-9]{1,6})?$/.test(given) && Number(given) >= spec.min && Number(given) <= spec.max,
    allowed: `a number from ${spec.min} to ${spec.max}`,
  },
});

const choice = (name: string, text: string, words: readonly string[]): OptionSpec => ({
  name,
  text: `${text}; ${words[0]} by default`,
  value: { placeholder: 'name', accepts: (given) => words.includes(given), allowed: words.join(', ') },
});

const COHERENCE = 'coherence of the table';
const ARCHITECTURE = 'architecture of the function';

export const ESTIMATE_OPTIONS: readonly OptionSpec[] = [
  ...Object.entries(NUMERIC_INPUTS).map(numberOption),
  choice('coherence', COHERENCE, ESTIMATED_COHERENCES),
  choice('architecture', ARCHITECTURE, ARCHITECTURES),
  {
    name: 'prices',
    text: `JSON file with prices that replace those of ${PRICES.asOf}`,
    value: { placeholder: 'file', accepts: (given) => given !== '', allowed: 'the path of a JSON file' },
  },
  { name: 'json', text: 'print all figures as JSON' },
];

/** The input that the options give; defaults for the others. */
export const estimateInput = (values: ReadonlyMap<string, string>): EstimateInput => {
  const given = (name: NumericName, byDefault: number): number =>
    Number(values.get(optionName(name)) ?? byDefault);
  const { memoryMb, extraMemoryMb } = NUMERIC_INPUTS;
  const allMemoryMb = given('memoryMb', memoryMb.default) + given('extraMemoryMb', extraMemoryMb.default);
  const numberOf = (name: NumericName): number => given(name, defaultOf(name, allMemoryMb));
  return {
    readsPerSecond: numberOf('readsPerSecond'),
    hitPercent: numberOf('hitPercent'),
    itemBytes: numberOf('itemBytes'),
    readMs: numberOf('readMs'),
    hitMs: numberOf('hitMs'),
    missExtraMs: numberOf('missExtraMs'),
    invocationsPerSecond: numberOf('invocationsPerSecond'),
    durationMs: numberOf('durationMs'),
    memoryMb: numberOf('memoryMb'),
    extraMemoryMb: numberOf('extraMemoryMb'),
    environments: numberOf('environments'),
    coldStartsPerDay: numberOf('coldStartsPerDay'),
    coldStartMs: numberOf('coldStartMs'),
    preloadItems: numberOf('preloadItems'),
    writesPerSecond: numberOf('writesPerSecond'),
    coherence: values.get('coherence') === 'invocation' ? 'invocation' : 'ttl',
    architecture: values.get('architecture') === 'arm64' ? 'arm64' : 'x86_64',
  };
};

/** The given prices in place of those of the table; or what is wrong with them, one line each. */
export const pricesIn = (text: string, path: string): PriceTable | readonly string[] => {
  const given = objectIn(text);
  if (given === undefined) return [`${path} is no JSON object; allowed: an object with prices`];
  const problems = Object.entries(given).flatMap(([name, value]) => problemOf(name, value));
  return problems.length > 0 ? problems.map((problem) => `${path}: ${problem}`) : { ...PRICES, ...given };
};

const objectIn = (text: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const problemOf = (name: string, value: unknown): readonly string[] => {
  if (!Object.hasOwn(PRICES, name)) {
    return [`${JSON.stringify(name)} is no price; allowed: ${Object.keys(PRICES).join(', ')}`];
  }
  const isText = name === 'asOf' || name === 'region';
  const isAllowed = isText ? typeof value === 'string' : typeof value === 'number' && value >= 0;
  return isAllowed
    ? []
    : [`${name} is ${JSON.stringify(value)}; allowed: ${isText ? 'text' : 'a number of USD'}`];
};

/** One line for each input, with its option. A star marks the value that is used without the option. */
const assumptions = (input: EstimateInput): readonly string[] => {
  const values = new Map<string, unknown>(Object.entries(input));
  const numbers = (Object.keys(NUMERIC_INPUTS) as NumericName[]).map((name) => ({
    option: optionName(name),
    value: values.get(name),
    byDefault: defaultOf(name, input.memoryMb + input.extraMemoryMb),
    text: withUnit(NUMERIC_INPUTS[name].text, NUMERIC_INPUTS[name].unit),
  }));
  const choices = [
    { option: 'coherence', value: input.coherence, byDefault: ESTIMATED_COHERENCES[0], text: COHERENCE },
    { option: 'architecture', value: input.architecture, byDefault: ARCHITECTURES[0], text: ARCHITECTURE },
  ];
  return [...numbers, ...choices].map(
    ({ option, value, byDefault, text }) =>
      `${value === byDefault ? '*' : ' '} ${`--${option} ${value}`.padEnd(34)}${text}`,
  );
};

const MEMORY_HINT =
  'If the function leaves so much memory unused today, the cache needs no more: use --extra-memory-mb 0.';

/** The report of an estimate. */
export const estimateReport = (input: EstimateInput, prices: PriceTable, asJson: boolean): string => {
  const estimate: Estimate = estimateMonth(input, prices);
  if (asJson) return `${JSON.stringify({ input, prices, estimate }, null, 2)}\n`;
  const rows = estimateRows(estimate).map(({ label, quantity, usd }) => [
    label,
    quantity,
    usd === undefined ? '' : dollars(usd),
  ]);
  const lines = rows.map(([label = '', quantity = '', usd = '']) =>
    `${label.padEnd(18)}${quantity.padEnd(36)}${usd.padStart(14)}`.trimEnd(),
  );
  return `${[
    'Assumptions; a star marks a default, which the option replaces:',
    ...assumptions(input),
    '',
    `A month of 30 days, prices of ${prices.region} as of ${prices.asOf}:`,
    ...lines,
    ...(input.extraMemoryMb > 0 ? [MEMORY_HINT] : []),
  ].join('\n')}\n`;
};
