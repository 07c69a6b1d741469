/** What can carry a connection over SSH, by the names that `--transport` takes. See `carrier-choice.ts`. */
export const CARRIERS = ['ssh2', 'openssh'] as const;

export type CarrierName = (typeof CARRIERS)[number];
