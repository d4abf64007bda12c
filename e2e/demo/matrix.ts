import type { Check } from './check.js';
import type { Report } from './report.js';

const passed = '✓';
const failed = '✗';
const nothing = '·';

/** The report as a person reads it. */
export function drawReport(report: Report): string {
  const failures = report.checks.filter(({ ok }) => !ok);
  return [
    ...drawTable([
      ['NODE', 'ADDRESS', 'BLOCKS'],
      ...report.nodes.map(({ name, address, blocks }) => [name, address, blocks.join(' ')]),
    ]),
    '',
    ...drawTable([
      ['POD', 'NODE', 'IP', 'ADD'],
      ...report.pods.map(({ name, node, ip, addMs }) => [name, node, ip, `${addMs.toFixed(1)} ms`]),
    ]),
    '',
    'Who reaches whom: a row sends, a column receives and sees the address of the sender itself',
    '(outside sees that of the node).',
    '',
    ...drawTable(matrixOf(report)),
    '',
    ...failures.map(({ kind, from, to, detail }) => `${failed} ${kind} ${from} → ${to}: ${detail}`),
    ...(failures.length > 0 ? [''] : []),
    drawSummary(report),
  ].join('\n');
}

/** Senders by receivers, with a heading row and column. */
function matrixOf({ nodes, pods, checks }: Report): readonly (readonly string[])[] {
  const results = new Map(checks.map((check) => [`${check.from} ${check.to}`, check]));
  const senders = [...pods, ...nodes].map(({ name }) => name);
  const receivers = [...senders, 'outside'];
  return [
    ['', ...receivers],
    ...senders.map((from) => [from, ...receivers.map((to) => cell(results.get(`${from} ${to}`)))]),
  ];
}

const cell = (check: Check | undefined): string =>
  check === undefined ? nothing : check.ok ? passed : failed;

function drawSummary({ ok, backend, pods, nodes, checks }: Report): string {
  const good = checks.filter((check) => check.ok).length;
  const clean = checks.find(({ kind }) => kind === 'clean');
  const machine = clean?.ok
    ? ' Namespaces, links, nft tables, processes and files are as before.'
    : '';
  const counted = `${good} of ${checks.length} checks passed`;
  return `${ok ? passed : failed} ${backend}, ${nodes.length} nodes, ${pods.length} pods: ${counted}.${machine}`;
}

/** Rows as aligned columns, two spaces apart. */
function drawTable(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths?.[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
