import { spread } from './number.mjs';

/** Formats the summary of a suite as a Markdown table with one row for each case and contender. */
export const tableOf = ({ metrics }, rows) => {
  const used = Object.keys(metrics).filter((metric) => rows.some(({ values }) => metric in values));
  const head = ['', '', ...used.map((metric) => metrics[metric])];
  const body = rows.map(({ case: title, contender, values }, index) => [
    rows[index - 1]?.case === title ? '' : title,
    contender,
    ...used.map((metric) => (metric in values ? spread(values[metric]) : '')),
  ]);
  return inColumns([head, ...body]);
};

/** Formats rows as an aligned Markdown table; the first row is the head. */
export const inColumns = ([head, ...body]) => {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...body].map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
};
