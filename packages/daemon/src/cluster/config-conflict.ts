import { DaemonError } from '../error.js';

/** The configuration is no longer what the caller saw when it decided to change it. */
export class ConfigConflict extends DaemonError<'CONFIG_CONFLICT'> {
  constructor(message: string) {
    super('CONFIG_CONFLICT', message, {
      retryable: true,
      remedy: 'Look at it again and repeat: poplinctl config get',
    });
  }
}
