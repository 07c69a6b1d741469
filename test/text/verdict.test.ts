import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Evidence, type Mend, RUNGS, type Verdict } from '../../src/ops/verdict/ladder.ts';
import { verdict as en } from '../../src/text/en/verdict.ts';
import { verdict as fr } from '../../src/text/fr/verdict.ts';

const NOW = 100_000;
const ESC = '\u001b]52;c;cm0gLXJm\u0007\u202e';

const EVIDENCE: readonly [Evidence, string, string][] = [
  [{ code: 'link-live', roundTripMs: 0.8 }, 'live, 0.80 ms', 'établie, 0,80 ms'],
  [
    { code: 'link-lost', detail: 'keepalive', sinceMono: NOW - 12_000 },
    'link lost 12 s ago (keepalive)',
    'liaison perdue depuis 12 s (keepalive)',
  ],
  [{ code: 'unit-running', pid: 1954 }, 'running, PID 1954', 'en marche, PID 1954'],
  [{ code: 'unit-stopped', unit: 'calculatrice.service' }, 'stopped', 'arrêtée'],
  [
    { code: 'unit-asleep', socket: 'calc.socket' },
    'asleep: calc.socket starts it at the first connection',
    'en veille : calc.socket la lance à la première connexion',
  ],
  [
    { code: 'unit-waiting-restart', restartAtMono: NOW + 27_300, result: 'signal', exit: null },
    'down: killed by a signal; systemd restarts it in 27.3 s',
    'tombée : tué par un signal ; systemd la relance dans 27,3 s',
  ],
  [
    {
      code: 'unit-waiting-restart',
      restartAtMono: null,
      result: 'exit-code',
      exit: { how: 'exited', status: 203 },
    },
    'down: the program of ExecStart= cannot be run (exit 203); systemd restarts it',
    'tombée : le programme d’ExecStart= ne se lance pas (code 203) ; systemd la relance',
  ],
  [
    {
      code: 'unit-waiting-restart',
      restartAtMono: null,
      result: 'exit-code',
      exit: { how: 'exited', status: 1 },
    },
    'down: it ended with an error (exit 1); systemd restarts it',
    'tombée : terminé en erreur (code 1) ; systemd la relance',
  ],
  [
    { code: 'unit-failed', unit: 'a', result: 'exit-code', exit: { how: 'exited', status: 217 } },
    'failed: its User= or Group= does not exist (exit 217)',
    'en échec : son User= ou Group= n’existe pas (code 217)',
  ],
  [
    { code: 'port-taken', port: 13337 },
    'something else already listens on port 13337',
    'autre chose écoute déjà sur le port 13337',
  ],
  [
    { code: 'unit-failed', unit: 'a', result: 'exit-code', exit: { how: 'exited', status: 1 } },
    'failed: it ended with an error (exit 1)',
    'en échec : terminé en erreur (code 1)',
  ],
  [
    { code: 'unit-failed', unit: 'a', result: 'exit-code', exit: { how: 'killed', status: 15 } },
    'failed: it ended with an error',
    'en échec : terminé en erreur',
  ],
  [
    { code: 'unit-failed', unit: 'a', result: 'start-limit-hit', exit: { how: 'exited', status: 1 } },
    'failed: started too often in a short time',
    'en échec : démarré trop souvent en peu de temps',
  ],
  [
    { code: 'listening-loopback-only', address: '127.0.0.1', port: 13337, wanted: '10.33.64.2' },
    'listening on 127.0.0.1 only: nobody outside can reach it',
    'n’écoute que sur 127.0.0.1 : personne ne peut l’atteindre du dehors',
  ],
  [
    { code: 'firewall-closed', zone: 'public', port: 13337 },
    '13337/tcp closed in zone public',
    '13337/tcp fermé dans la zone public',
  ],
  [
    { code: 'answer-wrong', expression: '2+3', expected: '5', got: '6' },
    '2+3 gives 6, not 5',
    '2+3 donne 6 au lieu de 5',
  ],
  [
    { code: 'answer-wrong', expression: '2+3', expected: '5', got: '' },
    '2+3 gives nothing, not 5',
    '2+3 ne donne rien, au lieu de 5',
  ],
  [
    { code: 'answer-held', peerAddress: '10.5.1.9', peerPort: 40658 },
    'held by another client, 10.5.1.9:40658',
    'occupée par un autre client, 10.5.1.9:40658',
  ],
];

function judged(patch: Partial<Verdict>, evidence: Evidence): Verdict {
  return {
    rungs: RUNGS.map((id) => ({ id, state: 'ok', evidence })),
    broken: null,
    warning: null,
    reachable: false,
    untried: null,
    mend: null,
    ...patch,
  };
}

describe('the verdict in words', () => {
  it.each(EVIDENCE)('%j', (evidence, english, french) => {
    expect(en.evidence(evidence, NOW)).toBe(english);
    expect(fr.evidence(evidence, NOW)).toBe(french);
  });

  it.each<[string, Verdict, string, string]>([
    ['well', judged({ reachable: true }, { code: 'not-looked' }), 'reachable from here', 'joignable d’ici'],
    ['not known', judged({}, { code: 'not-looked' }), 'looking', 'examen en cours'],
    ['broken', judged({ broken: 'unit' }, { code: 'unit-stopped', unit: 'a' }), 'stopped', 'arrêtée'],
    [
      'a warning',
      judged(
        { warning: 'firewall', reachable: true },
        { code: 'firewall-runtime-only', zone: 'public', port: 80 },
      ),
      'reachable, but: 80/tcp open now but not permanently: a reload or reboot closes it',
      'joignable, mais : 80/tcp ouvert mais pas en permanent : un rechargement ou un redémarrage le ferme',
    ],
  ])('heads it: %s', (_name, verdict, english, french) => {
    expect(en.headline(verdict, NOW)).toBe(english);
    expect(fr.headline(verdict, NOW)).toBe(french);
  });

  it.each<[Mend, string, string]>([
    [
      { action: 'start', command: 'sudo systemctl start calculatrice', advice: null, subject: null },
      'sudo systemctl start calculatrice',
      'sudo systemctl start calculatrice',
    ],
    [
      { action: null, command: null, advice: 'listen-on', subject: '10.33.64.2' },
      'start it with the address 10.33.64.2',
      'la démarrer avec l’adresse 10.33.64.2',
    ],
    [
      { action: null, command: 'journalctl -u a', advice: 'read-journal', subject: null },
      'read its journal for the reason: journalctl -u a',
      'lire son journal pour en trouver la cause : journalctl -u a',
    ],
  ])('mends it: %j', (mend, english, french) => {
    expect(en.mend(mend)).toBe(english);
    expect(fr.mend(mend)).toBe(french);
  });

  it('lets no foreign text act on the terminal', () => {
    const foreign = fc.oneof(fc.constant(ESC), fc.string({ unit: 'binary' })).map((text) => text + ESC);
    const hostile = fc.oneof(
      foreign.map((detail): Evidence => ({ code: 'link-lost', detail, sinceMono: 0 })),
      foreign.map((unit): Evidence => ({ code: 'unit-missing', unit })),
      foreign.map((got): Evidence => ({ code: 'answer-wrong', expression: '2+3', expected: '5', got })),
      foreign.map((zone): Evidence => ({ code: 'firewall-closed', zone, port: 1 })),
      foreign.map((result): Evidence => ({ code: 'unit-failed', unit: result, result, exit: null })),
    );
    fc.assert(
      fc.property(hostile, foreign, (evidence, text) => {
        const mend: Mend = { action: null, command: text, advice: 'listen-on', subject: text };
        for (const { evidence: sentence, mend: mending } of [en, fr]) {
          expect(sentence(evidence, NOW)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
          expect(mending(mend)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        }
      }),
    );
  });
});
