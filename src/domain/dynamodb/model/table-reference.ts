/** What a request says of a table. */
export interface TableReference {
  /** The name of the table. */
  readonly table: string;
  /** Where it is, if the request gives its ARN. */
  readonly place?: { readonly region: string; readonly account: string };
  /** Whether the ARN goes on after the table, as that of an index does. */
  readonly isPart: boolean;
}

const NAME = /^[\w.-]{1,255}$/;
const ARN = /^arn:[^:/]+:dynamodb:([^:/]+):(\d+):table\/([\w.-]{1,255})(\/.*)?$/;

/** What `text` says as a table name or as an ARN; `undefined` if it is neither. */
export const tableReference = (text: string): TableReference | undefined => {
  if (NAME.test(text)) return { table: text, isPart: false };
  const found = ARN.exec(text);
  if (found === null) return undefined;
  const [, region = '', account = '', table = '', rest] = found;
  return { table, place: { region, account }, isPart: rest !== undefined };
};
