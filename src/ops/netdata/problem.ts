/** Everything that can keep Netdata from being set up, as data. */

/** What the commands that install Netdata depend on; from os-release(5). */
export type PackageFamily = 'dnf' | 'apt' | 'other';

export type NetdataFailure =
  /** Before anything was changed. */
  | { readonly problem: 'absent'; readonly family: PackageFamily; readonly system: string }
  | { readonly problem: 'masked' }
  | { readonly problem: 'no-config-folder'; readonly looked: readonly string[] }
  | { readonly problem: 'no-collector'; readonly family: PackageFamily }
  /** A file that is not as we can safely change it: `line` from 1, `text` what stands there (foreign). */
  | {
      readonly problem: 'cannot-edit';
      readonly path: string;
      readonly line: number;
      readonly text: string;
      readonly why: 'tab' | 'form';
    }
  | { readonly problem: 'too-long'; readonly path: string }
  /** A file that is a symbolic link: what it leads to is somebody else's. */
  | { readonly problem: 'link'; readonly path: string; readonly target: string }
  /** A shell file with carriage returns, which a shell takes for a part of each value. */
  | { readonly problem: 'carriage-returns'; readonly path: string }
  /** More addresses than one in DISCORD_WEBHOOK_URL: alarm-notify.sh posts to the whole as to one. */
  | { readonly problem: 'several-webhooks'; readonly path: string }
  /** What did not prove true. `settings`: what its netdata.conf, at `path`, says of it; foreign text. */
  | {
      readonly problem: 'silent';
      readonly port: number;
      readonly detail: string;
      readonly path: string;
      readonly settings: readonly string[];
    }
  | { readonly problem: 'no-chart'; readonly job: string; readonly port: number; readonly collector: boolean }
  | { readonly problem: 'no-values'; readonly chart: string }
  | { readonly problem: 'sees-otherwise'; readonly chart: string; readonly listening: boolean }
  | {
      readonly problem: 'alarm-not-loaded';
      readonly chart: string;
      readonly alarm: string;
      readonly path: string;
      readonly settings: readonly string[];
    }
  | { readonly problem: 'alarm-silent'; readonly alarm: string }
  /** alarm-notify.sh reads other settings than were written. */
  | { readonly problem: 'discord-unread'; readonly path: string; readonly detail: string };
