/** What code in this process writes to stdout, instead of writing it. */

export type CaughtStdout = { readonly text: () => string; readonly restore: () => void };

export function catchStdout(): CaughtStdout {
  let text = '';
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (piece: Uint8Array | string): boolean => {
    text += String(piece);
    return true;
  };
  return {
    text: () => text,
    restore: () => {
      process.stdout.write = write;
    },
  };
}
