/** What a D-Bus call that failed means, as data. */
import { Failed, type OperationFailure, type Refusal } from '../failure.ts';

/** polkit and the bus's own policy; firewalld names its own kind of refusal. */
const REFUSALS = new Set([
  'org.freedesktop.DBus.Error.AccessDenied',
  'org.freedesktop.DBus.Error.AuthFailed',
  'org.freedesktop.DBus.Error.InteractiveAuthorizationRequired',
  'org.freedesktop.PolicyKit1.Error.NotAuthorized',
  'org.freedesktop.systemd1.OnlyByDependency',
  'org.fedoraproject.FirewallD1.NotAuthorizedException',
]);

const ABSENT = new Set([
  'org.freedesktop.DBus.Error.ServiceUnknown',
  'org.freedesktop.DBus.Error.NameHasNoOwner',
]);

/** `action` is what was asked for, as the bus calls it: `StartUnit`, `addPort`… */
export function busFailure(error: unknown, action: string): Refusal | OperationFailure {
  if (error instanceof Failed) return operationFailure(error);
  const detail = error instanceof Error ? error.message : String(error);
  const code = property(error, 'code');
  if (code === 'ECONNCLOSED') return { code: 'link-lost', detail };
  if (code === 'ETIMEDOUT') {
    return { code: 'timeout', what: action, ms: Number(property(error, 'timeout') ?? 0) };
  }
  const name = String(property(error, 'dbusName') ?? (code === 'ABORT_ERR' ? 'aborted' : 'Error'));
  if (REFUSALS.has(name) || /^Not Authorized\(polkit\)/i.test(detail)) {
    return { code: 'not-permitted', action, detail };
  }
  if (ABSENT.has(name)) return { code: 'unavailable', what: action, detail };
  return { code: 'host-error', name, detail };
}

/** A `Failed` of any kind as one that an action may report. */
export function operationFailure(error: unknown): Refusal | OperationFailure {
  if (!(error instanceof Failed)) {
    return {
      code: 'host-error',
      name: 'Error',
      detail: error instanceof Error ? error.message : String(error),
    };
  }
  const failure = error.failure;
  switch (failure.code) {
    case 'not-permitted':
    case 'sudo-password-wrong':
    case 'sudo-denied':
    case 'read-only':
    case 'link-lost':
    case 'unavailable':
    case 'no-such-unit':
    case 'job-failed':
    case 'not-running':
    case 'timeout':
    case 'host-error':
      return failure;
    case 'no-bus':
    case 'no-systemd':
      return { code: 'unavailable', what: 'systemd', detail: failure.detail };
    default:
      return { code: 'link-lost', detail: 'detail' in failure ? failure.detail : failure.code };
  }
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
