import { countsOf } from './path.mjs';

/**
 * @typedef {object} Trace
 * @property {string} name
 * @property {number} runs how many requests were traced
 * @property {number} status of the answer
 * @property {number} bytes of the answer, the head included
 * @property {import('./path.mjs').FileOnPath[]} files
 * @property {import('./path.mjs').Call[]} calls
 * @property {string[]} afterAnswer
 */

/** @param {readonly Trace[]} traces */
export const tableOfCases = (traces) =>
  table(
    ['case', 'files', 'returns', 'bootstrap files entered'],
    traces.map(({ name, files }) => {
      const counts = countsOf(files);
      return [name, counts.files, counts.returns, counts.bootstrapFiles];
    }),
  );

/** @param {Trace} trace */
export const pathReport = ({ name, runs, status, bytes, files, afterAnswer }) => {
  const counts = countsOf(files);
  const rings = [...new Set(files.map(({ ring }) => ring))].map(
    (ring) => `${ring} ${files.filter((file) => file.ring === ring).length}`,
  );
  const rows = files.map(({ path, ring, room, us, entered, returns }, index) => [
    index + 1,
    `src/${path}`,
    room === '' ? ring : `${ring}: ${room}`,
    us.toFixed(1),
    entered,
    returns,
  ]);
  return [
    `${name}\nstatus ${status}, ${bytes} bytes\n`,
    table(['', 'file, in the order of first entry', 'ring: room', 'self µs', 'entered', 'returns'], rows),
    '',
    `files entered: ${counts.files} (${rings.join(', ')})`,
    `returns into files already left: ${counts.returns}`,
    `bootstrap files entered: ${counts.bootstrapFiles}`,
    `self time: ${counts.us.toFixed(1)} µs${runs === 1 ? '' : `, medians of ${runs} requests`}; with the cost of tracing and of other processes`,
    ...(afterAnswer.length === 0 ? [] : [`entered after the answer only: ${afterAnswer.join(', ')}`]),
  ].join('\n');
};

/** One line for each function, indented by the functions around it. */
export const callsReport = ({ calls }) =>
  calls
    .map(
      ({ depth, path, name, line, isContinued }) =>
        `${'  '.repeat(depth)}${isContinued ? '… ' : ''}${name}  src/${path}:${line}`,
    )
    .join('\n');

/** Columns as wide as their widest cell; numbers at the right. */
const table = (head, rows) => {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const isNumber = head.map((_, column) => rows.every((row) => /^[\d.]+$/.test(String(row[column]))));
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          isNumber[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
