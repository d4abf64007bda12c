import type { Comparison, Row } from './comparison.js';
import { type Traffic, traffics } from './iperf.js';
import { type DataplaneReport, describeRun } from './report.js';

/** Sizes in pixels of the drawing's own scale: heading and legend are above the rows of a group, the axis and a note below them. */
const size = {
  width: 760,
  labels: 190,
  bar: 9,
  gap: 10,
  heading: 40,
  legend: 24,
  below: 60,
} as const;

/** Height of a row: its bars, and the gap to the next. */
const rowHeight = size.bar * traffics.length + size.gap;

/** The right end of the axis: some ratios are above 1. */
const mostRatio = 1.2;

/** One colour per kind of traffic. Each has enough contrast to white and to nearly black (WCAG 1.4.11, 3:1). */
const colours: Readonly<Record<Traffic, string>> = {
  tcp1: '#2f7ed8',
  tcp8: '#c4651a',
  udp: '#2e9360',
};

const titles: Readonly<Record<Traffic, string>> = {
  tcp1: 'TCP, 1 stream',
  tcp8: 'TCP, 8 streams',
  udp: 'UDP',
};

/** What was measured on one kernel, with an axis of its own. */
interface Group {
  readonly title: string;
  readonly comparison: Comparison;
  /** Where it begins. */
  readonly top: number;
}

/**
 * Draws the ratios to host to host as an SVG: a bar per kind of traffic, with a line from the lowest to the highest round. What was
 * measured in another kernel is a second group, against the hosts there. It has no background, and text in a colour that follows the
 * reader's light or dark scheme.
 */
export function drawPlot(report: DataplaneReport): string {
  const { otherKernel } = report;
  const title = 'Pod to pod, as a ratio to host to host';
  const first = { title, comparison: report, top: size.legend };
  const middle = bottomOf(first);
  const second = otherKernel && {
    title: `${title}, both inside another kernel`,
    comparison: otherKernel,
    top: middle,
  };
  const groups: readonly Group[] = second ? [first, second] : [first];
  const height = second ? bottomOf(second) : middle;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${height}" role="img" font-family="sans-serif" font-size="12">`,
    '<title>Throughput between pods of two hosts, as a ratio to host to host</title>',
    '<style>text { fill: #24292f } .axis { stroke: #8c959f; fill: none } .range { stroke: #24292f } @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .range { stroke: #e6edf3 } }</style>',
    ...traffics.map((traffic, i) => drawLegend(traffic, i)),
    ...groups.flatMap(drawGroup),
    '</svg>',
    '',
  ].join('\n');
}

/** Where the rows of a group begin and end. */
const firstRow = ({ top }: Group): number => top + size.heading;
const lastRow = (group: Group): number =>
  firstRow(group) + group.comparison.pods.length * rowHeight;
const bottomOf = (group: Group): number => lastRow(group) + size.below;

function drawLegend(traffic: Traffic, place: number): string {
  const x = size.labels + place * 130;
  return `<rect x="${x}" y="10" width="10" height="10" fill="${colours[traffic]}"/><text x="${x + 16}" y="19">${titles[traffic]}</text>`;
}

function drawGroup(group: Group): readonly string[] {
  const { title, comparison, top } = group;
  const note = `lines from least to most; ${describeRun(comparison)}`;
  return [
    `<text x="8" y="${top + 20}" font-size="15">${title}</text>`,
    ...[0, 0.25, 0.5, 0.75, 1].map((ratio) => drawGridLine(ratio, group)),
    ...comparison.pods.flatMap((pods, i) => drawRow(pods, firstRow(group) + i * rowHeight)),
    `<text x="8" y="${lastRow(group) + 38}" font-size="11">${escapeXml(note)}</text>`,
  ];
}

function drawGridLine(ratio: number, group: Group): string {
  const x = across(ratio);
  const bottom = lastRow(group) + 4;
  const dashes = ratio === 1 ? '' : ' stroke-dasharray="2 4"';
  return `<path class="axis" d="M${x} ${firstRow(group) - 8}V${bottom}"${dashes}/><text x="${x}" y="${bottom + 14}" text-anchor="middle">${ratio}</text>`;
}

function drawRow({ name, figures }: Row, top: number): readonly string[] {
  const middle = top + (size.bar * traffics.length) / 2 + 4;
  const bars = traffics.map((traffic, i) => {
    const { ratio } = figures[traffic];
    if (!ratio) throw new RangeError(`${name} was not compared with the hosts`);
    const y = top + i * size.bar;
    const width = across(ratio.p50) - size.labels;
    const line = y + size.bar / 2;
    return [
      `<rect x="${size.labels}" y="${y}" width="${cents(width)}" height="${size.bar - 1}" fill="${colours[traffic]}"><title>${escapeXml(`${name}, ${titles[traffic]}: ${ratio.p50.toFixed(2)}`)}</title></rect>`,
      `<path class="range" d="M${across(ratio.min)} ${line}H${across(ratio.max)}"/>`,
    ].join('');
  });
  return [
    `<text x="${size.labels - 8}" y="${middle}" text-anchor="end">${escapeXml(name)}</text>`,
    ...bars,
  ];
}

/** Where a ratio is on the axis. What is beyond its end is drawn at its end; the number is in the title of the bar. */
const across = (ratio: number): number =>
  cents(size.labels + (Math.min(ratio, mostRatio) / mostRatio) * (size.width - size.labels - 16));

const cents = (value: number): number => Math.round(value * 100) / 100;

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
