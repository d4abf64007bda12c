import type { TestHost } from './host.js';
import { iptables } from './iptables.js';

/** How Docker arranges its chains: until 27 as rules in FORWARD, from 28 on in chains of its own. */
export type DockerGeneration = '27' | '28';

/** Address of a container, behind `docker0`. */
export const container4 = '172.17.0.2';

/** Docker's rules for one bridge network, as `iptables` is called with. No port is published, so nobody else reaches a container. */
const chains: Readonly<Record<DockerGeneration, readonly string[]>> = {
  27: [
    '-N DOCKER',
    '-N DOCKER-ISOLATION-STAGE-1',
    '-N DOCKER-ISOLATION-STAGE-2',
    '-A DOCKER-ISOLATION-STAGE-1 -j RETURN',
    '-A DOCKER-ISOLATION-STAGE-2 -j RETURN',
    '-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-A FORWARD -o docker0 -j DOCKER',
    '-A FORWARD -i docker0 ! -o docker0 -j ACCEPT',
    '-A FORWARD -i docker0 -o docker0 -j ACCEPT',
    '-I DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2',
    '-I DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP',
    '-I FORWARD -j DOCKER-ISOLATION-STAGE-1',
    '-N DOCKER-USER',
    '-A DOCKER-USER -j RETURN',
    '-I FORWARD -j DOCKER-USER',
    '-P FORWARD DROP',
  ],
  28: [
    ...['DOCKER', 'DOCKER-FORWARD', 'DOCKER-BRIDGE', 'DOCKER-CT'].map((name) => `-N ${name}`),
    '-N DOCKER-INTERNAL',
    '-A DOCKER-FORWARD -j DOCKER-CT',
    '-A DOCKER-FORWARD -j DOCKER-INTERNAL',
    '-A DOCKER-FORWARD -j DOCKER-BRIDGE',
    '-A DOCKER-FORWARD -i docker0 -j ACCEPT',
    '-A DOCKER-BRIDGE -o docker0 -j DOCKER',
    '-A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-A DOCKER ! -i docker0 -o docker0 -j DROP',
    '-I FORWARD -j DOCKER-FORWARD',
    '-N DOCKER-USER',
    '-I FORWARD -j DOCKER-USER',
    '-P FORWARD DROP',
  ],
};

/** Puts Docker's rules into the filter table of a host, for both families. */
export function dockerRules(host: TestHost, generation: DockerGeneration): void {
  for (const program of ['iptables-nft', 'ip6tables-nft'] as const) {
    for (const command of chains[generation]) iptables(host, program, command.split(' '));
  }
}
