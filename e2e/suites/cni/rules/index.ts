/**
 * All rules but those of `faults.ts`, in the order of their scenarios.
 *
 * @module
 */
import type { Group } from '../stage/index.js';
import { add } from './add.js';
import { bandwidth } from './bandwidth.js';
import { beyond } from './beyond.js';
import { check } from './check.js';
import { del } from './del.js';
import { gc } from './gc.js';
import { hostPorts } from './host-ports.js';
import { ipam } from './ipam.js';
import { lifecycle } from './lifecycle.js';
import { masquerade } from './masquerade.js';
import { protocol } from './protocol.js';
import { result } from './result.js';
import { status } from './status.js';

/** What a runtime may do, and what has to come of it. */
export const conformance: readonly Group[] = [
  ...[protocol, add, result, del, check, ipam, hostPorts].flat(),
  ...[bandwidth, masquerade, gc, status, lifecycle, beyond].flat(),
];
