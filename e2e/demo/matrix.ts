import type { Family } from '../lab/index.js';
import type { Report } from './report.js';

const passed = '✓';
const failed = '✗';
const nothing = '·';

/** The report as a person reads it. */
export function drawReport(report: Report): string {
  const failures = report.checks.filter(({ ok }) => !ok);
  return [
    drawUnderlay(report),
    '',
    ...drawTable([
      ['NODE', 'ADDRESS', 'BLOCKS'],
      ...report.nodes.map(({ name, addresses, blocks }) => [
        name,
        addresses.join(' '),
        blocks.join(' '),
      ]),
    ]),
    '',
    ...drawTable([
      ['POD', 'NODE', 'IP', 'ADD'],
      ...report.pods.map(({ name, node, ips, addMs }) => [
        name,
        node,
        ips.join(' '),
        `${addMs.toFixed(1)} ms`,
      ]),
    ]),
    '',
    'Who reaches whom: a row sends, a column receives and sees the address of the sender itself',
    '(outside sees that of the node).',
    '',
    ...drawMatrices(report),
    ...failures.map(
      ({ kind, family, from, to, detail }) =>
        `${failed} ${kind}${family ? ` ${title[family]}` : ''} ${from} → ${to}: ${detail}`,
    ),
    ...(failures.length > 0 ? [''] : []),
    drawSummary(report),
  ].join('\n');
}

const title: Readonly<Record<Family, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' };

/** The shape of the network between the nodes. */
function drawUnderlay({ underlay: { subnets }, backend, attach }: Report): string {
  const named = subnets.map((prefixes) => prefixes.join(' ')).join(' | ');
  const shape = subnets.length === 1 ? 'one subnet' : `${subnets.length} subnets behind a router`;
  return `Underlay: ${shape}, ${named}. Backend ${backend}, pods attached ${attach}.`;
}

/** A matrix for each family that there are checks of; it says which where there are both. */
function drawMatrices(report: Report): readonly string[] {
  const families = (['ipv4', 'ipv6'] as const).filter((family) =>
    report.checks.some((check) => check.family === family),
  );
  return families.flatMap((family) => [
    ...drawTable(matrixOf(report, family, families.length > 1 ? title[family] : '')),
    '',
  ]);
}

/** As many columns as a terminal shows side by side; with more, the pods of a node share one. */
const mostColumns = 16;

/** A row or a column: one end, or the pods of one node together. */
interface Line {
  readonly title: string;
  readonly members: readonly string[];
}

/** Senders by receivers, with a heading row and column. */
function matrixOf(
  { nodes, pods, checks }: Report,
  family: Family,
  corner: string,
): readonly (readonly string[])[] {
  const single = (name: string): Line => ({ title: name, members: [name] });
  const isWide = pods.length + nodes.length + 1 > mostColumns;
  const podLines = isWide
    ? nodes.map(({ name }) => ({
        title: `${name}-p*`,
        members: pods.filter(({ node }) => node === name).map((pod) => pod.name),
      }))
    : pods.map(({ name }) => single(name));
  const senders = [...podLines, ...nodes.map(({ name }) => single(name))];
  const receivers = [...senders, single('outside')];
  const ofFamily = checks.filter((check) => check.family === family);
  const results = new Map(ofFamily.map((check) => [`${check.from} ${check.to}`, check.ok]));
  return [
    [corner, ...receivers.map(({ title }) => title)],
    ...senders.map((from) => [from.title, ...receivers.map((to) => cell(from, to, results))]),
  ];
}

/** One sign for all checks between two lines; where some of many failed, how many passed. */
function cell(from: Line, to: Line, results: ReadonlyMap<string, boolean>): string {
  const made = from.members
    .flatMap((sender) => to.members.map((receiver) => results.get(`${sender} ${receiver}`)))
    .filter((ok) => ok !== undefined);
  const good = made.filter(Boolean).length;
  if (made.length === 0) return nothing;
  if (good === made.length) return passed;
  return made.length === 1 ? failed : `${failed} ${good}/${made.length}`;
}

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
