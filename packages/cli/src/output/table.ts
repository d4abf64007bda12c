/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Numbers read best at the right. */
  readonly align?: 'left' | 'right';
}

/**
 * Lays out rows under titles: columns as wide as their widest cell, two spaces between, no trailing
 * blanks. What comes from the registry may hold anything, so control characters are shown as `?`, and an empty cell as `-`.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [columns.map((column) => column.title), ...rows.map((row) => row.map(visible))];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => widthOf(line[i] ?? ''))));
  return lines.map((line) => `${formatLine(line, columns, widths)}\n`).join('');
}

/** Lays out names and values, one pair per line. */
export function formatPairs(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([name]) => widthOf(name)));
  return pairs.map(([name, value]) => `${pad(name, width, 'left')}  ${visible(value)}\n`).join('');
}

function formatLine(
  cells: readonly string[],
  columns: readonly Column[],
  widths: readonly number[],
): string {
  return columns
    .map((column, i) => pad(cells[i] ?? '', widths[i] ?? 0, column.align ?? 'left'))
    .join('  ')
    .trimEnd();
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(width - widthOf(text));
  return align === 'left' ? text + blanks : blanks + text;
}

/** Characters, not UTF-16 units. */
function widthOf(text: string): number {
  return Array.from(text).length;
}

function visible(text: string): string {
  return text === '' ? '-' : text.replace(/\p{C}/gu, '?');
}
