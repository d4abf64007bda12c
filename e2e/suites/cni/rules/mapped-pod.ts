import { expect } from 'vitest';
import { underlayAddresses } from '../../../lab/index.js';
import {
  ask,
  type CniResult,
  type CniVersion,
  ipOf,
  type Stage,
  type Subject,
  serve,
  type Transport,
} from '../stage/index.js';

/** One of `portMappings`, in the spelling of CRI-O. */
export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol?: string;
  readonly hostIP?: string;
}

export const host = underlayAddresses.host(1);
export const http: PortMapping = { hostPort: 8080, containerPort: 80, protocol: 'tcp' };
export const dns: PortMapping = { hostPort: 5353, containerPort: 53, protocol: 'udp' };

export interface Mapped {
  readonly subject: Subject;
  readonly result: CniResult;
  readonly config: Readonly<Record<string, unknown>>;
}

export function withPorts(stage: Stage, version: CniVersion, portMappings: readonly unknown[]) {
  return stage.config(version, {
    capabilities: { portMappings: true },
    runtimeConfig: { portMappings },
  });
}

/** A pod with these mappings. */
export async function attached(
  stage: Stage,
  version: CniVersion,
  mappings: readonly unknown[],
): Promise<Mapped> {
  const subject = await stage.subject();
  const config = withPorts(stage, version, mappings);
  const result = await stage.add(subject, config);
  expect(ipOf(result)).toMatch(/\S/);
  return { subject, result, config };
}

/** The same with a server in it, on port 80, or on port 53 for a mapping to that one. */
export async function serving(
  stage: Stage,
  version: CniVersion,
  mappings: readonly unknown[],
  transport: Transport,
  name = 'pod',
): Promise<Mapped> {
  const pod = await attached(stage, version, mappings);
  const port = mappings.includes(dns) ? 53 : 80;
  await serve(stage, pod.subject.namespace, { transport, port, name });
  return pod;
}

/** Who answers a client on another host. */
export async function reach(
  stage: Stage,
  transport: Transport,
  port: number,
): Promise<string | undefined> {
  return (await ask(stage.lab.outside.namespace, { transport, ip: host, port }))?.server;
}
