export { type InterfaceChoice, parseInterfaceChoice } from './choice.js';
export { type ChooseOptions, chooseUnderlay } from './choose.js';
export { UnderlayError, type UnderlayErrorCode } from './error.js';
export { type FollowOptions, followUnderlay } from './follow.js';
export type { NetworkReader } from './host-network.js';
export { type UnderlayCallback, UnderlayWatch } from './watch.js';
