import { describe, expect, it } from 'vitest';
import { formatRule } from '../../../src/ops/linux/bus.ts';
import { unitPath } from '../../../src/ops/linux/unit-path.ts';

describe('the path of a unit', () => {
  // As `busctl tree org.freedesktop.systemd1` and sd_bus_path_encode(3) have them.
  it.each([
    ['calculatrice.service', 'calculatrice_2eservice'],
    ['netdata-updater.timer', 'netdata_2dupdater_2etimer'],
    ['getty@tty1.service', 'getty_40tty1_2eservice'],
    ['dev-sda1.device', 'dev_2dsda1_2edevice'],
    ['7zip.service', '_37zip_2eservice'],
    ['calc\\x2dtwo.service', 'calc_5cx2dtwo_2eservice'],
    ['é.service', '_c3_a9_2eservice'],
    ['', '_'],
  ])('of %j ends in %s', (unit, escaped) => {
    expect(unitPath(unit)).toBe(`/org/freedesktop/systemd1/unit/${escaped}`);
  });
});

describe('a match rule', () => {
  it('names what is wanted, and cannot be broken out of', () => {
    expect(formatRule({ sender: 'a.b', member: 'JobRemoved', arg2: "x',type='method_call" })).toBe(
      "type='signal',sender='a.b',member='JobRemoved',arg2='x'\\'',type='\\''method_call'",
    );
  });
});
