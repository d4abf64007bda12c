export { type RehearsalOptions, startRehearsal } from './rehearsal.js';
