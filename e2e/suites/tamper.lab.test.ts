import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkout, Lab } from '../lab/index.js';
import { type Kind, type Scene, type Setting, tamperings } from './tamper/kind.js';
import { linkKinds } from './tamper/link-kinds.js';
import { tamperAndWait } from './tamper/measure.js';
import { nftablesKinds } from './tamper/nftables-kinds.js';
import { routingKinds } from './tamper/routing-kinds.js';
import { makeScene } from './tamper/stage.js';
import { RepairTimes } from './tamper/times.js';

/** A backend has its rows as soon as it is more than a name. */
const hasVxlan = existsSync(`${checkout}/packages/backend-vxlan/src/plan.ts`);
const settings: readonly Setting[] = [
  { backend: 'host-gw', attach: 'routed' },
  { backend: 'host-gw', attach: 'bridge' },
  ...(hasVxlan ? [{ backend: 'vxlan', attach: 'routed' } as const] : []),
];

const times = new RepairTimes();
afterAll(() => {
  process.stdout.write(`\n${times.table}\n`);
  const folder = process.env.POPLIN_REPORT;
  if (folder) times.write(folder);
});

describe.each(settings)('$backend, $attach', (setting) => {
  const kinds: readonly Kind[] = [
    ...routingKinds(setting),
    ...linkKinds(setting),
    ...nftablesKinds,
  ];
  let lab: Lab;
  let scene: Scene;
  beforeAll(async () => {
    lab = await Lab.create({ nodes: 2, ...setting });
    scene = await makeScene(lab, setting);
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  for (const kind of kinds) {
    for (const tampering of tamperings) {
      const cell = kind.cells[tampering];
      const note = times.cell(`${setting.backend}, ${setting.attach}: ${kind.name}`, tampering);
      if (typeof cell === 'string') {
        note(cell);
        continue;
      }
      it(`repairs a ${kind.name}: ${tampering}`, async () => {
        note(await tamperAndWait(scene, kinds, kind, cell));
        const ping = ['ping', '-n', '-c1', '-W2', scene.far.ip];
        expect((await scene.pod.namespace.execute(ping)).status).toBe(0);
      });
    }
  }
});
