/** The hosts that the console can switch to, as whoever opened it tells them. */

export interface HostChoice {
  /** As the settings name it; null for where the program was started, when that has no name. */
  readonly name: string | null;
  /** What it is listed as. */
  readonly title: string;
  /** `manon@10.5.1.2`, or words on it. */
  readonly place: string;
  /** Whether it is the one that is open. */
  readonly here: boolean;
}

export interface Hosts {
  readonly choices: readonly HostChoice[];
  /** Where more can be named. */
  readonly settingsPath: string;
}

/** What a switch that failed leaves behind: the host that was wanted, and why it was not opened. */
export interface FailedSwitch {
  readonly title: string;
  /** Sentences; several lines. */
  readonly why: string;
}

export const NO_HOSTS: Hosts = { choices: [], settingsPath: '' };
