/** Part 0 of the exercise: the machine itself. */
import { rolesOf } from './cards.ts';
import { after, byHand, type Check, defineCheck, type Expected, fail, fixable, pass, warn } from './check.ts';
import type { UnitState } from './facts.ts';
import { shellWord } from './shell-word.ts';
import { excerpt } from './sshd.ts';

const hostOnlyStatic = defineCheck({
  id: 'host-only-static',
  group: 'setup',
  needs: ['cards'],
  wants: ['routes', 'connection'],
  judge({ cards, routes, connection }, { expected }) {
    const { hostOnly } = rolesOf(
      cards.value,
      routes?.value ?? null,
      connection?.value.server ?? null,
      expected,
    );
    const evidence = cards.evidence;
    if (hostOnly === null) {
      return fail({ code: 'no-host-only-card', network: expected.hostOnlyNetwork }, { evidence });
    }
    const { card, address, prefix } = hostOnly;
    if (!hostOnly.dynamic) {
      return pass({ code: 'static-address', card, address: `${address}/${prefix}` }, { evidence });
    }
    const connectionName = shellWord(card);
    return fail(
      { code: 'dynamic-address', card, address: `${address}/${prefix}` },
      {
        evidence,
        ...byHand(
          `sudo nmcli connection modify ${connectionName} ipv4.method manual ipv4.addresses ${address}/${prefix}`,
          `sudo nmcli connection up ${connectionName}`,
        ),
      },
    );
  },
});

const routeOut = defineCheck({
  id: 'route-out',
  group: 'setup',
  needs: ['routes'],
  judge({ routes }) {
    const route = routes.value[0];
    return route === undefined
      ? fail({ code: 'no-default-route' }, byHand('nmcli device status'))
      : pass({ code: 'default-route', gateway: route.gateway, card: route.card });
  },
});

const namesResolve = defineCheck({
  id: 'names-resolve',
  group: 'setup',
  needs: ['names'],
  wants: ['routes'],
  judge({ names, routes }) {
    const { name, address } = names.value;
    const { evidence } = names;
    if (address !== null) return pass({ code: 'name-resolved', name, address }, { evidence });
    // No name server is reached without a way out.
    if (routes !== null && routes.value.length === 0) return after('route-out', { evidence });
    return fail(
      { code: 'name-unresolved', name },
      { evidence, ...byHand('cat /etc/resolv.conf', 'nmcli device show | grep DNS') },
    );
  },
});

const keyLogin = defineCheck({
  id: 'key-login',
  group: 'setup',
  needs: ['login'],
  judge({ login }) {
    const { user, method } = login.value;
    return method === 'publickey'
      ? pass({ code: 'login-by-key', user })
      : fail({ code: 'login-otherwise', user, method }, byHand(`ssh-copy-id ${shellWord(user)}@10.5.1.2`));
  },
});

/** Settings of sshd_config(5) that let a password in; keyboard-interactive asks for one through PAM. */
export function passwordSettings(sshd: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const says = (keyword: string, value: string): boolean => sshd.get(keyword)?.includes(value) ?? false;
  const settings: string[] = [];
  if (says('passwordauthentication', 'yes')) settings.push('PasswordAuthentication yes');
  if (says('kbdinteractiveauthentication', 'yes') && says('usepam', 'yes')) {
    settings.push('KbdInteractiveAuthentication yes');
  }
  return settings;
}

const passwordLoginOff = defineCheck({
  id: 'password-login-off',
  group: 'setup',
  needs: ['sshd'],
  judge({ sshd }) {
    const settings = passwordSettings(sshd.value);
    const evidence = [excerpt(sshd, ['passwordauthentication', 'kbdinteractiveauthentication', 'usepam'])];
    if (settings.length === 0) return pass({ code: 'passwords-refused' }, { evidence });
    return fail(
      { code: 'passwords-taken', settings },
      {
        evidence,
        ...fixable(
          "printf 'PasswordAuthentication no\\nKbdInteractiveAuthentication no\\n' | sudo tee /etc/ssh/sshd_config.d/00-no-passwords.conf",
          'sudo sshd -t && sudo systemctl reload sshd',
        ),
      },
    );
  },
});

/** A unit of the system's that the exercise needs to run, and to be there after the next boot. */
export function judgeUnit(state: UnitState, offered: boolean) {
  const unit = state.unit.replace(/\.service$/, '');
  if (state.load === 'not-found') {
    return fail({ code: 'unit-not-installed', unit }, byHand(`sudo dnf install ${unit}`));
  }
  if (state.active !== 'active') {
    const mend = (offered ? fixable : byHand)(`sudo systemctl enable --now ${unit}`);
    return fail({ code: 'unit-not-running', unit, active: state.active }, mend);
  }
  if (state.enabled !== 'enabled') {
    return warn({ code: 'unit-runs-until-boot', unit }, byHand(`sudo systemctl enable ${unit}`));
  }
  return pass({ code: 'unit-runs', unit });
}

const firewalldRunning = defineCheck({
  id: 'firewalld-running',
  group: 'setup',
  needs: ['firewalld'],
  wants: ['sleepingFirewall'],
  judge({ firewalld, sleepingFirewall }) {
    // Starting it must not lock us out.
    const judged = judgeUnit(firewalld.value, sleepingFirewall?.value.letsSshIn ?? false);
    return { ...judged, evidence: firewalld.evidence };
  },
});

const selinux = defineCheck({
  id: 'selinux',
  group: 'setup',
  needs: ['selinux'],
  judge({ selinux: mode }) {
    switch (mode.value) {
      case 'Disabled':
      case 'absent':
        return pass({ code: 'selinux-off', absent: mode.value === 'absent' });
      case 'Permissive':
        return warn({ code: 'selinux-permissive' }, byHand(...DISABLE_SELINUX));
      case 'Enforcing':
        return fail({ code: 'selinux-enforcing' }, byHand('sudo setenforce 0', ...DISABLE_SELINUX));
    }
  },
});

const DISABLE_SELINUX = ["sudo sed -i 's/^SELINUX=.*/SELINUX=disabled/' /etc/selinux/config", 'sudo reboot'];

const hostname = defineCheck({
  id: 'hostname',
  group: 'setup',
  needs: ['hostname'],
  judge({ hostname: { value } }, { expected }) {
    const { running: name, kept } = value;
    const mend = byHand(`sudo hostnamectl set-hostname ${shellWord(expected.hostname)}`);
    if (/^localhost(?:\.|$)/.test(name) || name === '') {
      return fail({ code: 'hostname-localhost', expected: expected.hostname }, mend);
    }
    if (!isHostname(name, expected)) {
      return fail({ code: 'hostname-other', name, expected: expected.hostname }, mend);
    }
    if (kept !== null && !isHostname(kept, expected)) {
      return fail({ code: 'hostname-not-kept', name, kept }, mend);
    }
    return pass({ code: 'hostname-right', name });
  },
});

function isHostname(name: string, expected: Expected): boolean {
  return name.toLowerCase() === expected.hostname.toLowerCase();
}

export const SETUP: readonly Check[] = [
  hostOnlyStatic,
  routeOut,
  namesResolve,
  keyLogin,
  passwordLoginOff,
  firewalldRunning,
  selinux,
  hostname,
];
