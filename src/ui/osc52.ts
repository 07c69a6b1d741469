/** Copying through the terminal itself (OSC 52), so that it works over SSH as well. */

/** What terminals commonly take at most (xterm's limit), in bytes of base64. */
const LIMIT = 74_000;

/** @param text harmless: a clipboard's controls would act in the shell it is pasted into */
export function clipboardSequence(text: string): string {
  const bytes = Buffer.from(text, 'utf8').subarray(0, Math.floor((LIMIT / 4) * 3));
  return `\x1b]52;c;${bytes.toString('base64')}\x07`;
}
