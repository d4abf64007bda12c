import { PoplinError } from '@poplin/net';

/**
 * Base of every error of the daemon. Each of its parts has a subclass with codes of its own, so that a signature
 * tells what can go wrong there.
 */
export abstract class DaemonError<Code extends string = string> extends PoplinError<Code> {}
