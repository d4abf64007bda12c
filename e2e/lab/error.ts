/** The lab could not do what was asked of it: the message says what, where and why. */
export class LabError extends Error {
  override readonly name = 'LabError';
}
