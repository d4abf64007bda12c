import type { Message } from '../protocol.js';

type Line = Extract<Message, { log: unknown }>;

/** Lines that may come at once, and how many more each second. */
const burst = 50;
const perSecond = 10;

const longest = 2_000;

/**
 * Lets lines of a backend into the daemon's log, but not so many that they drown it: a line that finds no room is counted, and the next that does
 * says how many went before it.
 *
 * @param now - a clock, ms.
 */
export function logLines(
  send: (line: Line) => void,
  now: () => number = () => performance.now(),
): (level: Line['log'], facts: unknown, text: unknown) => void {
  let room = burst;
  let last = now();
  let dropped = 0;
  return (level, facts, text) => {
    room = Math.min(burst, room + ((now() - last) / 1_000) * perSecond);
    last = now();
    if (room < 1) {
      dropped += 1;
      return;
    }
    room -= 1;
    if (dropped > 0) send({ log: 'warn', facts: { lines: dropped }, text: 'it logs too much' });
    dropped = 0;
    send({ log: level, facts: plainFacts(facts), text: String(text).slice(0, longest) });
  };
}

/** Facts as JSON; what is none, or too long, is left out. */
function plainFacts(facts: unknown): Line['facts'] {
  if (typeof facts !== 'object' || facts === null) return {};
  const plain: Line['facts'] = {};
  for (const [key, value] of Object.entries(facts).slice(0, 20)) {
    try {
      const text = JSON.stringify(value instanceof Error ? value.message : value);
      if (text !== undefined && text.length <= longest) plain[key] = JSON.parse(text);
    } catch {
      // Circular, or a bigint: it cannot be told.
    }
  }
  return plain;
}
