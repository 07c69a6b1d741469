/**
 * Configurations of firewalld, drawn at random from a fixed seed: zones by source and by interface, services,
 * rich rules, policies. As the XML files that firewalld reads (firewalld.zone(5) and its neighbours).
 */

/** Who knocks, and where. */
export interface Knock {
  readonly from: string;
  readonly to: string;
}

/** Files below /etc/firewalld, and the default zone. */
export interface World {
  readonly files: Readonly<Record<string, string>>;
  readonly defaultZone: string;
}

export const PORT = 13337;

export const KNOCKS: readonly Knock[] = [
  { from: '10.5.1.1', to: '10.5.1.2' },
  { from: '10.5.1.9', to: '10.5.1.2' },
  { from: '10.33.64.1', to: '10.33.64.2' },
  { from: 'fd05::1', to: 'fd05::2' },
];

type Random = () => number;

/** mulberry32: a small generator whose whole state is one number. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The same in every world: services and sets that zones and rules may name. */
const COMMON: Readonly<Record<string, string>> = {
  'services/calc.xml': `<service><port protocol="tcp" port="${PORT}"/></service>`,
  'services/range.xml':
    '<service><port protocol="udp" port="13337"/><port protocol="tcp" port="13000-14000"/></service>',
  'services/near.xml':
    '<service><port protocol="tcp" port="13338"/><port protocol="udp" port="13337"/></service>',
  'services/whole.xml': '<service><include service="calc"/><port protocol="tcp" port="7"/></service>',
  'services/deep.xml': '<service><include service="whole"/><include service="deep"/></service>',
  'services/there.xml':
    '<service><port protocol="tcp" port="13337"/><destination ipv4="10.5.1.0/24"/></service>',
  'services/every.xml': '<service><protocol value="tcp"/></service>',
  'ipsets/them.xml': '<ipset type="hash:net"><entry>10.5.1.8/29</entry><entry>10.33.64.0/20</entry></ipset>',
  'ipsets/one.xml': '<ipset type="hash:ip"><entry>10.5.1.1</entry></ipset>',
};
const SERVICES = ['calc', 'range', 'near', 'whole', 'deep', 'there', 'every'];
const SOURCES = [
  '10.5.1.1',
  '10.5.1.9',
  '10.5.1.0/24',
  '10.5.1.8/29',
  '10.0.0.0/8',
  '10.33.64.0/20',
  'fd05::1',
  'fd05::/64',
  'ipset:them',
  'ipset:one',
];

export function drawWorld(random: Random): World {
  const chance = (share: number): boolean => random() < share;
  function one<T>(list: readonly T[]): T {
    return list[Math.floor(random() * list.length)] as T;
  }

  function address(source: string, word: 'source' | 'destination'): string {
    const not = chance(0.2) ? ' invert="true"' : '';
    return source.startsWith('ipset:')
      ? `<${word} ipset="${source.slice(6)}"${not}/>`
      : `<${word} address="${source}"${not}/>`;
  }

  function richRule(): string {
    const source = chance(0.6) ? one(SOURCES) : null;
    const plain = source !== null && !source.startsWith('ipset:');
    // firewalld takes a set's family from the set.
    const drawn = chance(0.3) ? one(['ipv4', 'ipv6'] as const) : null;
    const family = plain ? (source.includes(':') ? 'ipv6' : 'ipv4') : source === null ? drawn : null;
    const destination = family === 'ipv4' && chance(0.2) ? one(['10.5.1.2', '10.33.64.0/20']) : null;
    const service = one(SERVICES);
    const element = one([
      `<port port="${PORT}" protocol="tcp"/>`,
      '<port port="13000-14000" protocol="tcp"/>',
      '<port port="13338" protocol="tcp"/>',
      `<port port="${PORT}" protocol="udp"/>`,
      // firewalld refuses a destination beside that of a service.
      destination !== null && service === 'there'
        ? '<protocol value="tcp"/>'
        : `<service name="${service}"/>`,
      '<protocol value="tcp"/>',
      source !== null ? '' : '<protocol value="udp"/>',
    ]);
    const priority = chance(0.5) ? 0 : one([-100, -5, -1, 1, 5, 100]);
    const limit = chance(0.04) ? '<limit value="3/m"/>' : '';
    const log = chance(0.1) ? '<log prefix="who is there" level="info"><limit value="1/m"/></log>' : '';
    const action = one([
      `<accept>${limit}</accept>`,
      `<drop>${limit}</drop>`,
      `<reject>${limit}</reject>`,
      family === null ? '<reject/>' : '<reject type="tcp-reset"/>',
    ]);
    const attributes = [
      family === null ? '' : ` family="${family}"`,
      priority === 0 ? '' : ` priority="${priority}"`,
    ].join('');
    // A reset can only be sent to TCP, and firewalld does not see to that.
    const safe = action.includes('tcp-reset') ? '<reject type="tcp-reset"/>' : action;
    const parts = [
      source === null ? '' : address(source, 'source'),
      destination === null ? '' : address(destination, 'destination'),
      action.includes('tcp-reset') ? `<port port="${PORT}" protocol="tcp"/>` : element,
      log,
      safe,
    ];
    return `<rule${attributes}>${parts.join('')}</rule>`;
  }

  /** What a zone and a policy have in common; a forwarded port in a policy breaks the reload of firewalld 1.3. */
  function openings(richShare: number, forwards: boolean): string {
    const parts: string[] = [];
    if (chance(0.15)) parts.push(`<service name="${one(SERVICES)}"/>`);
    if (chance(0.15)) parts.push(`<service name="${one(SERVICES)}"/>`);
    if (chance(0.08)) parts.push(`<port port="${PORT}" protocol="tcp"/>`);
    if (chance(0.08)) parts.push('<port port="13000-13400" protocol="tcp"/>');
    if (chance(0.2)) parts.push('<port port="13300-13336" protocol="tcp"/>');
    if (chance(0.03)) parts.push('<protocol value="tcp"/>');
    if (chance(0.04)) parts.push('<source-port port="1024-65535" protocol="tcp"/>');
    if (chance(0.04)) parts.push('<source-port port="1-1023" protocol="tcp"/>');
    if (forwards && chance(0.01)) parts.push(`<forward-port port="${PORT}" protocol="tcp" to-port="13338"/>`);
    while (chance(richShare)) parts.push(richRule());
    return [...new Set(parts)].join('');
  }

  function zone(name: string, bindings: string, target: string): [string, string] {
    const attribute = target === 'default' ? '' : ` target="${target}"`;
    return [
      `zones/${name}.xml`,
      `<zone${attribute}><short>${name}</short>${bindings}${openings(0.5, true)}</zone>`,
    ];
  }

  const target = (): string =>
    one(['default', 'default', 'default', 'default', 'ACCEPT', 'DROP', 'DROP', '%%REJECT%%']);
  const free = [...SOURCES];
  const sources = (): string => {
    const [source = ''] = free.splice(Math.floor(random() * free.length), 1);
    return source.startsWith('ipset:')
      ? `<source ipset="${source.slice(6)}"/>`
      : `<source address="${source}"/>`;
  };
  // An interface that no zone claims is in the default one, which another interface's zone may be.
  const claimed = chance(0.8);
  const defaultZone = chance(0.7) ? 'public' : 'mid';
  const zones = [
    zone('public', `${claimed ? '<interface name="enp0s8"/>' : ''}<interface name="enp0s9"/>`, target()),
    zone('mid', chance(0.3) ? sources() : '', target()),
    ...(chance(0.5) ? [zone('alpha', sources() + (chance(0.4) ? sources() : ''), target())] : []),
    ...(chance(0.5) ? [zone('zulu', sources() + (chance(0.4) ? sources() : ''), target())] : []),
  ];
  const names = zones.map(([path]) => path.replace(/^zones\/|\.xml$/g, ''));

  function policy(name: string): [string, string] {
    const ingress = chance(0.5) ? ['ANY'] : [...new Set([one(names), one(names)])];
    const zonesIn = ingress.map((each) => `<ingress-zone name="${each}"/>`).join('');
    const fate = one(['CONTINUE', 'CONTINUE', 'CONTINUE', 'CONTINUE', 'ACCEPT', 'REJECT', 'DROP']);
    const priority = one([-20, -10, 10, 20]) + Number(name.at(-1));
    return [
      `policies/${name}.xml`,
      `<policy target="${fate}" priority="${priority}">${zonesIn}<egress-zone name="HOST"/>${openings(0.4, false)}</policy>`,
    ];
  }

  const policies = ['before1', 'after2'].filter(() => chance(0.3)).map(policy);
  return { files: { ...COMMON, ...Object.fromEntries([...zones, ...policies]) }, defaultZone };
}
