import { LabProcess, mapParallel, type Namespace, type Place, waitUntil } from '../lab/index.js';

/** The port that responders listen on. */
const port = 7777;

/** How many to start at once. */
const parallel = 4;

/**
 * Starts in each place a server that tells whoever connects the address it is seen under, and waits until all
 * listen. They end with the lab.
 */
export async function startResponders(
  places: readonly Place[],
  lab: { readonly id: string; readonly folder: string },
): Promise<void> {
  await mapParallel(places, parallel, async ({ name, namespace }) => {
    const server = await LabProcess.start({
      name: `responder ${name}`,
      lab: lab.id,
      namespace,
      // -U: only from the command to the peer. The shell that SYSTEM starts sees the peer in its environment.
      argv: ['socat', '-U', `TCP-LISTEN:${port},fork,reuseaddr`, 'SYSTEM:echo $SOCAT_PEERADDR'],
      log: `${lab.folder}/responder-${name}.log`,
    });
    await waitUntil(`the responder of ${name} listens`, async () => {
      if (server.exit) throw new Error(`socat of ${name} ended: ${server.lastWords()}`);
      return (await namespace.must(['ss', '-Hltn', `sport = :${port}`])) !== '';
    });
  });
}

/** What a responder said. */
export interface Answer {
  /** The address that it saw; undefined when there was no answer. */
  readonly seen: string | undefined;
  /** Milliseconds from the start of the client to its exit. */
  readonly ms: number;
  /** What the client said when there was no answer. */
  readonly said: string;
}

/** Connects from a namespace to a responder. */
export async function askForOwnAddress(from: Namespace, ip: string): Promise<Answer> {
  const target = `TCP:${ip}:${port},connect-timeout=3`;
  const { stdout, stderr, ms } = await from.execute(['socat', '-T5', '-u', target, 'STDOUT']);
  const seen = stdout.trim() || undefined;
  return { seen, ms, said: stderr.trim().replace(/^.* E /, '') || 'the connection was closed' };
}
