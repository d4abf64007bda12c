export {
  createLog,
  type LogDestination,
  type LogFormat,
  type LogLevel,
  type LogOptions,
  logFormats,
  logLevels,
} from './create.js';
export { type ErrorFacts, errorFacts } from './error-facts.js';
