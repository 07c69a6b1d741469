/** The question before the port is opened or closed, where it is not the port's own entry that lets us in. */
import { describe, expect, it } from 'vitest';
import type { FirewallFacts, ServiceDefinition, ZoneSettings } from '../../src/ops/host.ts';
import { catalogue } from '../../src/text/catalogue.ts';
import type { Language } from '../../src/text/language.ts';
import { portDialog } from '../../src/ui/dialogs.ts';
import { FIREWALL_OPEN, INTERFACES } from '../support/fake-host.ts';
import { createFakeSession } from '../support/fake-session.ts';

const CALC: ServiceDefinition = {
  ports: [{ port: '13337', protocol: 'tcp' }],
  protocols: [],
  sourcePorts: [],
  includes: [],
  destination: {},
};
const PORT = [{ port: '13337', protocol: 'tcp' }];
const RULE = 'rule family="ipv4" source address="10.5.1.0/24" port port="13337" protocol="tcp" accept';

const NOTHING: ZoneSettings = { services: [], ports: [] };

function asked(
  open: boolean,
  runtime: Partial<ZoneSettings>,
  permanent: Partial<ZoneSettings> = runtime,
  language: Language = 'en',
) {
  const zones = FIREWALL_OPEN.zones.map((zone) => ({
    ...zone,
    runtime: { ...NOTHING, ...runtime },
    permanent: { ...NOTHING, ...permanent },
  }));
  const value: FirewallFacts = { ...FIREWALL_OPEN, services: { calc: CALC }, zones };
  const { store } = createFakeSession({
    nowMono: 0,
    state: {
      firewall: { atMono: 0, value },
      interfaces: INTERFACES,
      way: { from: '10.5.1.1', to: '10.5.1.2' },
    },
  });
  const dialog = portDialog(open, store.getState(), catalogue(language).console);
  if (dialog === null) throw new Error('no zone is known');
  const { notes, choices, chosen } = dialog;
  return { notes, labels: choices.map(({ label }) => label), chosen: choices[chosen]?.label };
}

const OPEN_NOTE = 'Runtime: at once, until the next reload. Permanent: from the next reload on.';

describe('to open a port', () => {
  it('that a service or a rule has opened for good is not offered', () => {
    expect(asked(true, { services: ['calc'] })).toEqual({
      notes: ['It is let in already by service calc of zone public.'],
      labels: ['Cancel'],
      chosen: 'Cancel',
    });
    expect(asked(true, { richRules: [RULE] }).notes).toEqual([
      `It is let in already by rich rule of zone public: ${RULE}.`,
    ]);
    expect(asked(true, { services: ['calc'] }, { services: ['calc'] }, 'fr')).toMatchObject({
      notes: ['Il est déjà ouvert par service calc de la zone public.'],
    });
  });

  it('that a service has opened until the next reload is offered, and said', () => {
    const { notes, labels } = asked(true, { services: ['calc'] }, {});
    expect(notes).toEqual(['It is let in already by service calc of zone public.', OPEN_NOTE]);
    expect(labels).toEqual(['Cancel', 'Runtime', 'Permanent', 'Both']);
  });

  it('that nothing has opened is offered, without a word more', () => {
    expect(asked(true, {})).toEqual({
      notes: [OPEN_NOTE],
      labels: ['Cancel', 'Runtime', 'Permanent', 'Both'],
      chosen: 'Runtime',
    });
  });
});

describe('to open a port that a rule keeps out', () => {
  const rule = RULE.replace('accept', 'reject');

  it('says what does, and lets it be opened for others all the same', () => {
    expect(asked(true, { richRules: [rule] })).toEqual({
      notes: [
        `It is kept out by rich rule of zone public: ${rule} all the same.`,
        `sudo firewall-cmd --zone=public --remove-rich-rule='${rule}'`,
        OPEN_NOTE,
      ],
      labels: ['Cancel', 'Runtime', 'Permanent', 'Both'],
      chosen: 'Cancel',
    });
    expect(asked(true, { richRules: [rule] }, { richRules: [rule] }, 'fr').notes[0]).toBe(
      `Il reste fermé par règle riche de la zone public : ${rule}.`,
    );
  });

  it('offers it where the rule ends with the next reload', () => {
    const { notes, chosen } = asked(true, { richRules: [rule] }, {});
    expect(notes[0]).toContain('It is kept out by rich rule of zone public');
    expect(chosen).toBe('Runtime');
  });

  it('is about us alone', () => {
    const others = rule.replace('10.5.1.0', '10.5.9.0');
    expect(asked(true, { richRules: [others] }).notes).toEqual([OPEN_NOTE]);
  });
});

describe('to close a port', () => {
  it('that a service opens says what closes it, and offers nothing that would not', () => {
    expect(asked(false, { services: ['calc'] })).toEqual({
      notes: [
        'It is let in by service calc of zone public all the same; what closes it:',
        'sudo firewall-cmd --zone=public --remove-service=calc',
      ],
      labels: ['Cancel'],
      chosen: 'Cancel',
    });
    expect(asked(false, { services: ['calc'] }, { services: ['calc'] }, 'fr').notes).toEqual([
      'Il reste ouvert par service calc de la zone public ; pour le fermer :',
      'sudo firewall-cmd --zone=public --remove-service=calc',
    ]);
  });

  it('that is in the list and in a rich rule offers the one, and says the other', () => {
    const { notes, labels } = asked(false, { ports: PORT, richRules: [RULE] });
    expect(notes).toEqual([
      `It is let in by rich rule of zone public: ${RULE} all the same; what closes it:`,
      `sudo firewall-cmd --zone=public --remove-rich-rule='${RULE}'`,
      OPEN_NOTE,
    ]);
    expect(labels).toEqual(['Cancel', 'Runtime', 'Permanent', 'Both']);
  });

  it('that is in the list alone says what becomes of the service', () => {
    expect(asked(false, { ports: PORT }).notes).toEqual([
      'Nobody outside reaches the service then.',
      OPEN_NOTE,
    ]);
  });
});
