import { existsSync } from 'node:fs';
import { Lab, startRehearsed } from '../../lab/index.js';
import type { BenchArea, BenchOptions, BenchReport } from '../area.js';
import { poplin, prepareIptables, referencePlugins } from './contestants.js';
import { duel } from './duel.js';
import { drawReport, reportOf } from './report.js';
import { Runner } from './runner.js';
import { shimAlone } from './shim-alone.js';
import { stepsOf } from './steps.js';
import { throng } from './throng.js';

/**
 * ADD and DEL from end to end: Poplin's shim and daemon beside Debian's reference plugins, in the same host, turn by turn.
 */
export const cni: BenchArea = {
  name: 'cni',
  description: 'ADD and DEL of the shim, beside the reference plugins bridge, host-local, portmap',
  defaultRounds: 50,
  run,
};

/** How often the throng of 32 at a time is repeated. */
const throngs = 3;

/** Where records and leases are kept, for both: `/run` of a node is a tmpfs too. */
const tmpfs = '/dev/shm';

async function run({ rounds, progress }: BenchOptions): Promise<BenchReport> {
  const inMemory = existsSync(tmpfs) ? { parentFolder: tmpfs } : {};
  await using lab = await Lab.create({ nodes: 1, ...inMemory });
  const host = lab.host('n1');
  progress('the daemon rehearses');
  await startRehearsed(host);
  await prepareIptables(lab.folder);
  await using runner = await Runner.start(host.namespace, host.folder);
  const plain = [poplin(host, 'plain'), referencePlugins(lab.folder, 'plain')];
  const port = [poplin(host, 'port'), referencePlugins(lab.folder, 'port')];
  const common = { host, runner, rounds };

  progress(`one pod after the other, ${rounds} rounds`);
  const simple = await duel({ ...common, name: 'bridge + host-local', contestants: plain });
  const steps = await stepsOf(host, rounds);
  progress(`with a host port, ${rounds} rounds`);
  const withPort = await duel({
    ...common,
    name: 'bridge + host-local with ipMasq + portmap',
    contestants: port,
  });
  progress('32 at a time');
  const crowd = await throng(host, runner, plain, throngs);
  progress('the shim alone');
  const shim = await shimAlone(host, runner);
  const report = reportOf({ rounds, duels: [simple, withPort], steps, throng: crowd, shim });
  return { document: { ...report }, text: drawReport(report) };
}
