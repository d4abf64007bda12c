/**
 * Something dies or fails in the middle of a call, and the accounts balance all the same.
 *
 * @module
 */
import type { Group } from '../../stage/index.js';
import { daemonDies } from './daemon-dies.js';
import { daemonDiesAnyTime, pluginDiesAnyTime } from './moments.js';
import { pluginDies } from './plugin-dies.js';
import {
  addPoints,
  delPoints,
  gcPoints,
  startPoints,
  tombstonePoints,
  undoPoints,
} from './points.js';
import { stepFails } from './step-fails.js';

const everywhere = {
  ...{ add: addPoints, undo: undoPoints, del: delPoints },
  ...{ tombstone: tombstonePoints, gc: gcPoints, start: startPoints },
};

/** Where the kernel has more or less than before: only there a bridge can make a difference. */
const aroundTheKernel = {
  add: ['add-before-link', 'add-after-link', 'add-after-host-state'],
  undo: ['undo-after-detach'],
  del: ['del-before-host-state', 'del-after-link-down'],
  tombstone: ['tombstone-after-del'],
  gc: ['gc-after-detach'],
  start: startPoints,
} as const;

/** Faults. */
export const faults: readonly Group[] = [
  {
    title: 'a daemon that dies',
    scenarios: [...daemonDies(everywhere), ...daemonDiesAnyTime],
  },
  {
    title: 'a daemon that dies, with a bridge',
    lab: { attach: 'bridge' },
    scenarios: [...daemonDies(aroundTheKernel), ...daemonDiesAnyTime],
  },
  { title: 'a step that fails', scenarios: stepFails },
  { title: 'a plugin that dies', scenarios: [...pluginDies, ...pluginDiesAnyTime] },
  {
    title: 'a plugin that dies, with a bridge',
    lab: { attach: 'bridge' },
    scenarios: pluginDiesAnyTime,
  },
];
