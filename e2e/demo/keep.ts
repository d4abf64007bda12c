import { artifacts, type Lab, type Pod } from '../lab/index.js';

/** How to look around in a lab that was left running, as commands to copy, and how to stop it. */
export function explainKept(lab: Lab, pods: readonly Pod[]): string {
  const [host] = lab.hosts;
  const first = pods[0];
  const last = pods.at(-1);
  const commands =
    host && first && last
      ? [
          `sudo ${first.namespace.enter(['ping', '-c3', last.ip]).join(' ')}`,
          `sudo ${host.namespace.enter(['ip', 'route']).join(' ')}`,
          `sudo ${host.namespace.enter(['nft', 'list', 'ruleset']).join(' ')}`,
          `sudo node ${artifacts.cli} --socket ${host.socket} status`,
          `sudo tail -f ${host.log}`,
        ]
      : [];
  return [
    `Left running as ${lab.id}: namespaces ${lab.id}-…, files in ${lab.folder}. To look around:`,
    '',
    ...commands.map((command) => `  ${command}`),
    '',
    'To stop it:',
    '',
    '  sudo npm run demo -- --stop',
  ].join('\n');
}
