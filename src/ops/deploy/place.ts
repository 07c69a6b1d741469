/** Where deploy puts things on a host. */

export interface Place {
  /** The application's folder. */
  readonly app: string;
  readonly unitFile: string;
  /** Holds one folder for each deployment that is under way, and what the last one replaced. */
  readonly state: string;
  /** Owner of all that is written. */
  readonly owner: string;
}

export const FOLDER_MODE = '755';
export const FILE_MODE = '644';

/** As the exercise has it: /opt/calculatrice for calculatrice.service. */
export function placeOf(unit: string): Place {
  return {
    app: `/opt/${unit.replace(/(?:@.*)?\.[a-z]+$/, '')}`,
    unitFile: `/etc/systemd/system/${unit}`,
    state: '/var/lib/tp5-tui',
    owner: 'root:root',
  };
}
