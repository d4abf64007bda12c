/** Where poplind can be made to fail: packages/daemon/src/fail-point. A test holds the two lists together. */
export const addPoints = [
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
] as const;

/** Those of a DEL. */
export const delPoints = [
  'del-after-parse',
  'del-before-host-state',
  'del-before-names-free',
  'del-after-link-down',
  'del-before-release',
  'del-after-release',
  'del-after-record-deleted',
  'del-before-answer',
] as const;

/** Those of an ADD that has failed. */
export const undoPoints = ['undo-before-detach', 'undo-after-detach'] as const;

/** Those of a DEL that was noted down while the daemon was away. */
export const tombstonePoints = [
  'tombstone-before-del',
  'tombstone-after-del',
  'tombstone-after-note-deleted',
] as const;

/** Those of a GC. */
export const gcPoints = ['gc-before-detach', 'gc-after-detach'] as const;

/** Those of the start. */
export const startPoints = ['start-before-adopt', 'start-after-adopt'] as const;
