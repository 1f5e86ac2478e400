/** Something the person in front of the terminal can put right: shown as one line, without a stack. */
export class PlainError extends Error {
  override readonly name = 'PlainError';
}
