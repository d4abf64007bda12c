/**
 * Where the daemon can be made to fail, in the order in which one attachment passes them. Each is named after the step
 * that is done (`after`) or about to begin (`before`).
 */
export const failPointNames = [
  'add-after-parse',
  'add-after-netns-opened',
  'add-after-remains-cleared',
  'add-after-assign',
  'add-before-record',
  'add-after-record',
  'add-before-link',
  'add-after-link',
  'add-after-host-state',
  'add-before-answer',
  'undo-before-detach',
  'undo-after-detach',
  'del-after-parse',
  'del-before-host-state',
  'del-before-names-free',
  'del-after-link-down',
  'del-before-release',
  'del-after-release',
  'del-after-record-deleted',
  'del-before-answer',
  'tombstone-before-del',
  'tombstone-after-del',
  'tombstone-after-note-deleted',
  'gc-before-detach',
  'gc-after-detach',
  'start-before-adopt',
  'start-after-adopt',
] as const;

/** One of {@link failPointNames}. */
export type FailPointName = (typeof failPointNames)[number];
