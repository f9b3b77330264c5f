import { shown } from './number.mjs';

const WIDTH = 760;
const LABELS = 250;
const FIGURES = 90;
const BAR = 20;
const STEP = 28;
const TOP = 56;
const COLOURS = { node: '#3c873a', standalone: '#b8569b', other: '#8a94a3' };

/**
 * Draws a horizontal bar chart of medians. A line across the end of each bar shows the interquartile range.
 *
 * @param {{ title: string, note: string, bars: { label: string, colour?: string, median: number, low: number, high: number }[] }} chart
 * @returns SVG that is readable on light and dark backgrounds
 */
export const barChart = ({ title, note, bars }) => {
  const most = Math.max(...bars.map(({ high }) => high));
  const scale = (WIDTH - LABELS - FIGURES) / most;
  const height = TOP + bars.length * STEP + 12;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" rx="6" fill="#ffffff"/>`,
    `<text x="16" y="24" font-size="15" font-weight="600" fill="#1f2328">${escaped(title)}</text>`,
    `<text x="16" y="42" font-size="12" fill="#59636e">${escaped(note)}</text>`,
    ...bars.flatMap((bar, index) => lines(bar, TOP + index * STEP, scale)),
    '</svg>',
    '',
  ].join('\n');
};

const lines = ({ label, colour = 'other', median, low, high }, top, scale) => {
  const middle = top + BAR / 2;
  const x = (value) => (LABELS + value * scale).toFixed(1);
  return [
    `<text x="${LABELS - 10}" y="${middle + 4.5}" text-anchor="end" fill="#1f2328">${escaped(label)}</text>`,
    `<rect x="${LABELS}" y="${top}" width="${(median * scale).toFixed(1)}" height="${BAR}" rx="2" fill="${COLOURS[colour]}"/>`,
    `<path d="M${x(low)} ${middle}H${x(high)}" stroke="#1f2328" stroke-width="1.5"/>`,
    `<text x="${(LABELS + high * scale + 8).toFixed(1)}" y="${middle + 4.5}" fill="#1f2328">${shown(median)}</text>`,
  ];
};

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
