/** Formats a number with three significant digits and thousands separators. */
export const shown = (value) => {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return Number(value.toFixed(Math.min(digits, 3))).toLocaleString('en-GB', {
    maximumFractionDigits: digits,
  });
};

/** Formats a median with both quartiles. */
export const spread = ({ median, low, high }) =>
  low === high ? shown(median) : `${shown(median)} [${shown(low)}–${shown(high)}]`;
