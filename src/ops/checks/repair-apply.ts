/**
 * Carrying out the steps of a repair. What may go wrong half way is one script on the host, which puts back
 * what it found, so that a link that is lost leaves no half of a change.
 */
import { createHash } from 'node:crypto';
import { asRoot, complaint } from '../deploy/root-command.ts';
import { Failed } from '../failure.ts';
import type { ActionOutcome, Host } from '../host.ts';
import type { RunResult } from '../transport/transport.ts';
import type { RepairProblem, RepairStep } from './repair.ts';

type StepOf<K extends RepairStep['kind']> = Extract<RepairStep, { kind: K }>;

/** @returns null when it is done. @throws Failed `link-lost`, `not-permitted`; the signal's reason */
export async function applyStep(
  host: Host,
  step: RepairStep,
  signal: AbortSignal,
): Promise<RepairProblem | null> {
  signal.throwIfAborted();
  switch (step.kind) {
    case 'run':
      return runAll(host, step, signal);
    case 'edit-unit':
      return editUnitFile(host, step, signal);
    case 'service':
      return outcome(await host.service.act(step.verb, signal));
    case 'port':
      return outcome(await host.firewall.change(step.change, signal));
    case 'sshd':
      return writeSshd(host, step, signal);
  }
}

async function runAll(
  host: Host,
  { argvs }: StepOf<'run'>,
  signal: AbortSignal,
): Promise<RepairProblem | null> {
  for (const argv of argvs) {
    const said = await asRoot(host, ['env', 'LC_ALL=C', ...argv], { signal });
    if (said.code !== 0) return { code: 'failed', detail: complaint(said) };
  }
  return null;
}

function outcome(action: ActionOutcome): RepairProblem | null {
  if (action.ok) return null;
  const { failure } = action;
  if (failure.code === 'link-lost' || failure.code === 'not-permitted') throw new Failed(failure);
  return { code: 'failed', detail: 'detail' in failure ? failure.detail : failure.code };
}

const CHANGED = 70;
const PUT_BACK = 71;
const NOT_PUT_BACK = 72;

/** The beginning of each script: it goes on when whoever started it is gone. */
const UNDISTURBED = `trap '' HUP INT PIPE TERM
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
`;

/**
 * $1 the file, $2 the backup, $3 the unit, $4 the sum it must have now, $5 the one it will have; the new text
 * on stdin, which a lost link may cut short.
 */
const EDIT = `${UNDISTURBED}
[ "$(sha256sum <"$1" | cut -d' ' -f1)" = "$4" ] || exit ${CHANGED}
# A unit that is a link stays one: what it points at is edited.
file=$(readlink -f -- "$1")
new=$file.tp5-tui-new
cp -p -- "$file" "$new" && cat >"$new" && [ "$(sha256sum <"$new" | cut -d' ' -f1)" = "$5" ] &&
  cp -p -- "$file" "$2" && mv -f -- "$new" "$file" || { rm -f -- "$new"; exit 1; }
systemctl daemon-reload
state=$(systemctl show "$3" -p LoadState --value)
[ "$state" = loaded ] && exit 0
echo "systemd says $state" >&2
cp -p -- "$2" "$file" && systemctl daemon-reload && exit ${PUT_BACK}
exit ${NOT_PUT_BACK}`;

async function editUnitFile(
  host: Host,
  { path, backup, unit, before, after }: StepOf<'edit-unit'>,
  signal: AbortSignal,
): Promise<RepairProblem | null> {
  const argv = ['sh', '-c', EDIT, 'sh', path, backup, unit, sha256(before), sha256(after)];
  return problemOf(await asRoot(host, argv, { input: after, signal }), path);
}

/**
 * $1 the drop-in, $2 what `sshd -T` must say, $3 the keyword that may say nothing else ('' for any), $4 the
 * address and port that must be listened on ('' for none); the drop-in on stdin, empty to leave it.
 */
const SSHD = `${UNDISTURBED}
new=$(cat)
kept=$1.tp5-tui-kept
had=; [ -e "$1" ] && had=yes && cp -p -- "$1" "$kept"
back() {
  echo "$1" >&2
  if [ -n "$had" ]; then mv -f -- "$kept" "$file"; elif [ -n "$new" ]; then rm -f -- "$file"; fi || exit ${NOT_PUT_BACK}
  [ -z "$reloaded" ] || systemctl reload "$unit" || exit ${NOT_PUT_BACK}
  exit ${PUT_BACK}
}
file=$1 reloaded=
for unit in sshd.service ssh.service; do systemctl -q is-active "$unit" && break; done
if [ -n "$new" ]; then
  umask 077
  printf '%s\\n' "$new" >"$file" || back "cannot write $file"
fi
why=$(sshd -t 2>&1) || back "$why"
says=$(sshd -T 2>/dev/null)
printf '%s\\n' "$says" | grep -qxF "$2" || back "sshd -T does not say: $2"
if [ -n "$3" ]; then
  other=$(printf '%s\\n' "$says" | grep "^$3 " | grep -vxF "$2") && back "sshd -T still says: $other"
fi
reloaded=yes
systemctl reload "$unit" || back "systemctl reload $unit failed"
if [ -n "$4" ]; then
  tries=0
  # sshd executes itself anew when it is told to reload: its sockets are gone and back within that.
  until ss -Hltn | awk '{ print $4 }' | grep -qxF "$4"; do
    tries=$((tries + 1))
    [ $tries -lt 50 ] || back "sshd does not listen on $4"
    sleep 0.1
  done
fi
rm -f -- "$kept"`;

async function writeSshd(
  host: Host,
  step: StepOf<'sshd'>,
  signal: AbortSignal,
): Promise<RepairProblem | null> {
  const { path, lines, mustSay, mustNotSay, mustListen } = step;
  const argv = ['sh', '-c', SSHD, 'sh', path, mustSay, mustNotSay ?? '', mustListen ?? ''];
  const input = lines.length === 0 ? '' : `# Written by tp5-tui check --fix\n${lines.join('\n')}\n`;
  return problemOf(await asRoot(host, argv, { input, signal }), path);
}

function problemOf(said: RunResult, path: string): RepairProblem | null {
  const detail = complaint(said);
  switch (said.code) {
    case 0:
      return null;
    case CHANGED:
      return { code: 'changed-meanwhile', path };
    case PUT_BACK:
      return { code: 'put-back', detail };
    case NOT_PUT_BACK:
      return { code: 'not-put-back', detail, path };
    default:
      return { code: 'failed', detail };
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
