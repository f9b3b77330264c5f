/** The parts of the ARN of a table. */
export interface TableArn {
  readonly partition: string;
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
  readonly table: string;
}

/** The ARN of a table in any partition. ARNs of indexes and streams do not match. */
export const TABLE_ARN =
  /^arn:(aws[a-z-]*):dynamodb:([a-z][a-z0-9-]{0,62}):([0-9]{12}):table\/([a-zA-Z0-9_.-]{3,255})$/;

/** Parses the ARN of a table; returns `undefined` for other texts, also for the ARN of a part of a table. */
export const parseTableArn = (text: string): TableArn | undefined => {
  const found = TABLE_ARN.exec(text);
  if (found === null) return undefined;
  const [, partition = '', region = '', account = '', table = ''] = found;
  return { partition, region, account, table };
};
