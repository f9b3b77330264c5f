import { PRICES } from '../../src/domain/estimate/estimate-inputs.ts';

/** What one run uses at most: no figure is a measurement of AWS. */
const USAGE = {
  /** The checks wait for the denial of a role, and read meanwhile. */
  invocations: 260,
  secondsPerInvocation: 2,
  memoryGb: 0.5,
  readUnits: 2_000,
  writeUnits: 100,
  /** Lambda bills the cache of a snapshot for at least this long. */
  snapshotSeconds: 3 * 3_600,
  restores: 5,
} as const;

/** USD, as of the date of `PRICES`. `estimate` does not need these. */
const OTHER_PRICES = {
  invocationsMillion: 0.2,
  snapshotGbSecond: 0.0000015046,
  restoreGb: 0.0001397998,
  /** Of a secret for a month; billed by the hour. */
  secretMonth: 0.4,
} as const;

interface CostLine {
  readonly what: string;
  readonly usd: number;
}

/** The cost of a run, without free tiers. */
export interface Cost {
  readonly asOf: string;
  readonly region: string;
  readonly lines: readonly CostLine[];
  readonly usd: number;
}

/** An upper estimate of what a run costs. */
export const costOfRun = (): Cost => {
  const { invocations, secondsPerInvocation, memoryGb, readUnits, writeUnits } = USAGE;
  const gbSeconds = invocations * secondsPerInvocation * memoryGb;
  const lines = [
    { what: `Lambda, ${gbSeconds} GB-seconds`, usd: gbSeconds * PRICES.gbSecondX86 },
    {
      what: `Lambda, ${invocations} invocations`,
      usd: perMillion(invocations, OTHER_PRICES.invocationsMillion),
    },
    {
      what: 'Lambda SnapStart, one snapshot for three hours, and restores',
      usd:
        memoryGb *
        (USAGE.snapshotSeconds * OTHER_PRICES.snapshotGbSecond + USAGE.restores * OTHER_PRICES.restoreGb),
    },
    { what: `DynamoDB, ${readUnits} read units`, usd: perMillion(readUnits, PRICES.readUnitsMillion) },
    { what: `DynamoDB, ${writeUnits} write units`, usd: perMillion(writeUnits, PRICES.writeUnitsMillion) },
    { what: 'Secrets Manager, one secret for an hour', usd: OTHER_PRICES.secretMonth / (30 * 24) },
  ];
  const usd = lines.reduce((sum, line) => sum + line.usd, 0);
  return { asOf: PRICES.asOf, region: PRICES.region, lines, usd };
};

const perMillion = (count: number, price: number): number => (count * price) / 1e6;

/** The cost as text: the sum in whole cents, rounded up, and its parts. */
export const describeCost = ({ asOf, region, lines, usd }: Cost): string =>
  [
    `Cost: at most ${Math.ceil(usd * 100)} US cents, by the prices of ${region} as of ${asOf}, without free tiers:`,
    ...lines.map((line) => `  ${line.usd.toFixed(4)} USD  ${line.what}`),
  ].join('\n');
