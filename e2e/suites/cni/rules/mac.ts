import { expect } from 'vitest';
import { cniVersions, ipOf, linkOf, newest, reaches, type Scenario } from '../stage/index.js';

/** MACs that the runtime or the configuration asks for (docs/cni.md, "What the runtime may send"). */
export const macs: readonly Scenario[] = [
  ...(
    [
      ['CNI_ARGS', {}, 'MAC=02:00:00:00:00:01', '02:00:00:00:00:01'],
      [
        'args.cni, before CNI_ARGS,',
        { args: { cni: { mac: '02:00:00:00:00:02' } } },
        'MAC=02:00:00:00:00:01',
        '02:00:00:00:00:02',
      ],
      [
        'runtimeConfig, before all others and whatever its case,',
        {
          capabilities: { mac: true },
          args: { cni: { mac: '02:00:00:00:00:02' } },
          runtimeConfig: { Mac: '02:00:00:00:00:03' },
        },
        'MAC=02:00:00:00:00:01',
        '02:00:00:00:00:03',
      ],
      [
        'an annotation',
        annotated({ 'poplin.dev/mac': '02:00:00:00:00:04' }),
        '',
        '02:00:00:00:00:04',
      ],
    ] as const
  ).map(
    ([where, change, args, mac]): Scenario => ({
      number: 26,
      rule: `a MAC in ${where} is that of the interface`,
      versions: cniVersions,
      run: async (stage, version) => {
        const subject = await stage.subject();
        const env = { CNI_ARGS: args };
        const result = await stage.add(subject, stage.config(version, change), { env });
        expect((await linkOf(subject.namespace, 'eth0')).address).toBe(mac);
        expect(result.interfaces.at(-1)?.mac).toBe(mac);
        expect(await reaches(stage.host.namespace, ipOf(result))).toBe(true);
      },
    }),
  ),
  ...['nonsense', '01:00:00:00:00:01', '00:00:00:00:00:00'].map(
    (mac): Scenario => ({
      number: 26,
      rule: `the MAC ${mac} is refused`,
      versions: newest,
      run: async (stage, version) => {
        const change = { capabilities: { mac: true }, runtimeConfig: { mac } };
        const subject = await stage.subject();
        const refusal = await stage.refuse('ADD', subject, stage.config(version, change));
        expect(refusal).toMatchObject({ code: 7, msg: expect.stringContaining(mac) });
      },
    }),
  ),
];

function annotated(annotations: Readonly<Record<string, string>>) {
  const key = 'io.kubernetes.cri.pod-annotations';
  return { capabilities: { [key]: true }, runtimeConfig: { [key]: annotations } };
}
