/**
 * The host's system bus over any transport: one connection through `systemd-stdio-bridge`, calls that
 * never wait for each other, and signals handed to whoever asked for them.
 *
 * The connection may die while the transport lives (the bridge killed, dbus restarted), or find no room on it for a
 * while (MaxSessions): it is then opened again and everything is asked for again; if that fails time after time, the
 * bus is lost, and the whole host with it.
 */
import { createClient, type Message, type MessageBus } from 'dbus-native';
import type { Clock } from '../clock.ts';
import { Failed, type OperationFailure, type Refusal } from '../failure.ts';
import { createRetries } from '../retries.ts';
import { isRefusedChannel } from '../transport/channel.ts';
import type { OwnLoss } from '../transport/loss.ts';
import type { OpenedCommand, Transport } from '../transport/transport.ts';
import { BRIDGES, type Bridge } from './bridge.ts';
import { busFailure, operationFailure } from './bus-error.ts';
import { followOwners, type NameOwners } from './name-owners.ts';

export interface BusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** D-Bus signature of `body`. */
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

export interface BusSignal {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly body: readonly unknown[];
}

/**
 * Which signals are wanted. The sender is not optional: anybody on the system bus may send a signal that looks like
 * systemd's. Only those are handed on that the owner of this name has sent.
 */
export interface SignalRule {
  readonly sender: string;
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly arg0?: string;
  readonly arg2?: string;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** @default 25000, as every D-Bus library has it */
  readonly timeoutMs?: number;
}

export interface Bus {
  /** @returns the reply's only value, or undefined. @throws Failed with what the host answered. */
  call(call: BusCall, options?: CallOptions): Promise<unknown>;
  /** Asks for signals, on this connection and the next. */
  watch(rule: SignalRule, listener: (signal: BusSignal) => void): void;
  /** Runs at each new connection, after its rules were sent; this is where first reads are asked for. */
  onOpen(listener: () => void): void;
  /** Told each time that the connection could not be opened again at once, and is tried again. */
  onAway(listener: (failure: Refusal | OperationFailure) => void): void;
  /** Resolves when the bus first answered. @throws Failed `no-systemd` when it never will. */
  readonly ready: Promise<void>;
  /** Resolves once when the bus is gone for good; never for a `close()` of ours. */
  readonly lost: Promise<{ readonly detail: string }>;
  /** Aborted when the bus was closed or is lost: what is tried again on it ends. */
  readonly over: AbortSignal;
  close(): void;
}

/** A connection that lived this long has earned its reopenings anew. */
const SETTLED_MS = 60_000;
/** The first at once, and the others within some ten seconds. */
const REOPENINGS = 6;
const MESSAGE_SIGNAL = 4;
/** Firewalld is not to be started by a look at it: a call must not activate its destination. */
const NO_AUTO_START = 2;

export interface BusOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** The way to the bus. @default the system's */
  readonly bridge?: Bridge;
  /** Told of a listener that threw: foreign data must not end the process from inside a read. */
  readonly onFault?: (error: unknown) => void;
  /** In [0, 1). @default Math.random */
  readonly random?: () => number;
}

export function openBus(options: BusOptions): Bus {
  const { transport, clock, bridge = BRIDGES.system, onFault = () => {}, random } = options;
  const rules: { readonly rule: SignalRule; readonly listener: (signal: BusSignal) => void }[] = [];
  const openers: (() => void)[] = [];
  const awayListeners: ((failure: Refusal | OperationFailure) => void)[] = [];
  const first = Promise.withResolvers<void>();
  const lost = Promise.withResolvers<{ detail: string }>();
  const over = new AbortController();
  first.promise.catch(() => {});
  let client: MessageBus | null = null;
  let owners: NameOwners | null = null;
  let command: OpenedCommand | null = null;
  let answered = false;

  function dispatch(from: NameOwners, message: Message): void {
    if (message.type !== MESSAGE_SIGNAL) return;
    from.hear(message);
    const signal = {
      path: message.path ?? '',
      interface: message.interface ?? '',
      member: message.member ?? '',
      body: message.body ?? [],
    };
    for (const { rule, listener } of rules) {
      if (!matches(rule, signal) || !from.isFrom(rule.sender, message)) continue;
      try {
        listener(signal);
      } catch (error) {
        onFault(error);
      }
    }
  }

  /** One connection's life. Resolves with why it ended. */
  async function session(privileged: boolean): Promise<string> {
    const opened = await transport.open(bridge.argv, { privileged });
    if (over.signal.aborted) {
      opened.close();
      return 'closed';
    }
    command = opened;
    const bus = createClient({ stream: opened.stream });
    let detail = '';
    const ended = Promise.withResolvers<void>();
    bus.connection.on('error', (error) => {
      detail ||= error.message;
      ended.resolve();
    });
    bus.connection.on('handlerError', onFault);
    bus.connection.on('close', () => ended.resolve());
    bus.connection.on('end', () => ended.resolve());
    bus.connection.on('connect', () => {
      answered = true;
      first.resolve();
    });
    const named = followOwners(bus, (unknown) => {
      detail ||= unknown;
      ended.resolve();
    });
    bus.connection.on('message', (message) => dispatch(named, message));
    client = bus;
    owners = named;
    for (const { rule } of rules) ask(bus, named, rule);
    for (const opener of openers) opener();
    await Promise.race([ended.promise, opened.ended]);
    client = null;
    owners = null;
    command = null;
    opened.close();
    opened.stream.destroy();
    return opened.stderr().trim() || detail || ('the bus connection ended' satisfies OwnLoss);
  }

  function lose(detail: string): void {
    over.abort();
    lost.resolve({ detail });
  }

  async function live(): Promise<void> {
    let privileged = bridge.privileged && transport.privilege.kind !== 'none';
    let reopenings = 0;
    const retries = createRetries({ clock, random });
    for (;;) {
      const since = clock.now();
      const end = await session(privileged).catch((error: unknown) => operationFailure(error));
      if (over.signal.aborted) return;
      const detail = typeof end === 'string' ? end : 'detail' in end ? end.detail : end.code;
      const linkLost = typeof end !== 'string' && end.code === 'link-lost';
      const noRoom = typeof end !== 'string' && isRefusedChannel(end);
      if (!answered && !linkLost && !noRoom) {
        // sudo may be granted for other commands than the bridge, and reading needs no privilege.
        if (privileged) {
          privileged = false;
          continue;
        }
        first.reject(new Failed({ code: 'no-systemd', host: transport.label, detail }));
        return lose(detail);
      }
      if (clock.now() - since >= SETTLED_MS) {
        reopenings = 0;
        retries.worked();
      }
      if (linkLost || reopenings >= REOPENINGS) {
        first.reject(new Failed({ code: 'link-lost', detail }));
        return lose(detail);
      }
      // A bus that was restarted is there again at once; one that could not be opened is not.
      if (reopenings > 0 || noRoom) {
        const failure =
          typeof end === 'string' ? ({ code: 'unavailable', what: 'dbus', detail } as const) : end;
        for (const listener of awayListeners) listener(failure);
        await retries.rest(over.signal).catch(() => {});
        if (over.signal.aborted) return;
      }
      reopenings += 1;
    }
  }

  void live();

  return {
    async call(call, bounds = {}) {
      if (client === null)
        throw new Failed({ code: 'link-lost', detail: 'the bus is not connected' satisfies OwnLoss });
      try {
        return await client.invoke<unknown>(
          {
            destination: call.destination,
            path: call.path,
            interface: call.interface,
            member: call.member,
            flags: NO_AUTO_START,
            ...(call.signature === undefined
              ? {}
              : { signature: call.signature, body: [...(call.body ?? [])] }),
          },
          {
            ...(bounds.signal ? { signal: bounds.signal } : {}),
            ...(bounds.timeoutMs === undefined ? {} : { timeout: bounds.timeoutMs }),
          },
        );
      } catch (error) {
        throw new Failed(busFailure(error, call.member), { cause: error });
      }
    },
    watch(rule, listener) {
      rules.push({ rule, listener });
      if (client !== null && owners !== null) ask(client, owners, rule);
    },
    onOpen(listener) {
      openers.push(listener);
      if (client !== null) listener();
    },
    onAway: (listener) => void awayListeners.push(listener),
    ready: first.promise,
    lost: lost.promise,
    over: over.signal,
    close() {
      over.abort();
      command?.close();
      client?.connection.end();
    },
  };
}

function ask(bus: MessageBus, owners: NameOwners, rule: SignalRule): void {
  owners.follow(rule.sender);
  // Not waited for: the daemon takes messages in order, so what is asked next is asked after it.
  bus.addMatch(formatRule(rule), () => {});
}

/** The rule as the bus daemon reads it: a quote is written by leaving the quotes, as in a shell. */
export function formatRule(rule: SignalRule): string {
  const fields = Object.entries(rule).map(([key, value]) => `${key}='${value.replaceAll("'", "'\\''")}'`);
  return ["type='signal'", ...fields].join(',');
}

function matches(rule: SignalRule, signal: BusSignal): boolean {
  return (
    (rule.path === undefined || rule.path === signal.path) &&
    (rule.interface === undefined || rule.interface === signal.interface) &&
    (rule.member === undefined || rule.member === signal.member) &&
    (rule.arg0 === undefined || rule.arg0 === signal.body[0]) &&
    (rule.arg2 === undefined || rule.arg2 === signal.body[2])
  );
}
