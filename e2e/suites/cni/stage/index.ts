/**
 * What the scenarios of the conformance suite stand on.
 *
 * @module
 */
export { conform, type Group, type Scenario } from './conform.js';
export * from './kernel.js';
export { hearLinks } from './link-events.js';
export * from './result.js';
export { soon } from './soon.js';
export { type CallChange, ipv6Underlay, type NetworkConfig, Stage, type Subject } from './stage.js';
export { succeed } from './succession.js';
export * from './traffic.js';
export * from './version.js';
